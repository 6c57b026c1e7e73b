//! A delivery ready to be sent.

use anyhow::Context;
use hooksig::{Error, Key};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::outgoing::{self, Field, Form, USER_AGENT};

pub(super) struct Parcel {
    pub(super) form: Form,
    pub(super) fields: Vec<Field>,
    pub(super) body: Vec<u8>,
}

impl Parcel {
    pub(super) fn new(key: &Key, body: Vec<u8>, form: Form, now: i64) -> Result<Self, Error> {
        let mut fields = form.fields(key, &body, now)?;
        // The client adds Content-Length itself.
        fields.retain(|(name, _)| *name != "Content-Length");
        fields.push(("User-Agent", USER_AGENT.to_owned()));
        outgoing::add_encoding(&mut fields);
        Ok(Self { form, fields, body })
    }

    /// Changes the fields of this name.
    pub(super) fn edit(&mut self, name: &str, edit: impl Fn(&str) -> String) {
        for (_, value) in self.fields.iter_mut().filter(|(found, _)| *found == name) {
            *value = edit(value);
        }
    }

    pub(super) fn rename(&mut self, from: &str, to: &'static str) {
        for (name, _) in self.fields.iter_mut().filter(|(found, _)| *found == from) {
            *name = to;
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.fields.retain(|(found, _)| *found != name);
    }

    /// Repeats a field.
    pub(super) fn repeat(&mut self, name: &str) {
        let again = self.fields.iter().find(|(found, _)| *found == name).cloned();
        self.fields.extend(again);
    }

    pub(super) fn header_map(&self) -> anyhow::Result<HeaderMap> {
        let mut fields = HeaderMap::new();
        for (name, value) in &self.fields {
            let value = HeaderValue::from_str(value).with_context(|| (*name).to_owned())?;
            fields.append(HeaderName::from_bytes(name.as_bytes())?, value);
        }
        Ok(fields)
    }
}
