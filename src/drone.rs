//! Drone's system webhooks: events, actions, and the headers of a delivery.

use core::fmt;

use hifijson::{
    Read as _, SliceLexer, escape::Lex as _, num::Lex as _, str::Lex as _, token::Lex as _,
};

use crate::{Error, FieldValue, Key, bytes::in_bounds, date, digest, primitives, verbatim};

mod event_field;
mod filter;
mod many;

pub use filter::selects;
#[cfg(feature = "capi")]
pub(crate) use many::sign_each;
pub use many::{Outgoing, sign_many};

/// The keyId of every Drone server.
pub const KEY_ID: &str = "hmac-key";

/// The headers that Drone covers, in its order.
pub const COVERED: [&str; 2] = crate::names::COVERED;

/// The headers that Drone covers in a request to an extension, in its order.
///
/// [`Policy::require`](crate::Policy::require) with these refuses a webhook that is signed with the
/// secret of the extension.
pub const EXTENSION_COVERED: [&str; 5] =
    ["accept", "accept-encoding", "content-type", "date", "digest"];

/// The length of the value of the `Signature` field of a Drone delivery, in bytes.
pub const SIGNATURE_LEN: usize = verbatim::PARAMS_LEN;

/// The kind of object that a delivery is about: the body's `event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// `user`
    User,
    /// `repo`
    Repo,
    /// `build`
    Build,
    /// Any other, as written between the quotes in the body, with escapes not resolved.
    Unknown(&'a str),
}

impl<'a> Event<'a> {
    const KNOWN: [Self; 3] = [Self::User, Self::Repo, Self::Build];

    /// Returns the word as Drone writes it.
    pub const fn as_str(&self) -> &'a str {
        match self {
            Self::User => "user",
            Self::Repo => "repo",
            Self::Build => "build",
            Self::Unknown(event) => event,
        }
    }

    fn from_json(text: JsonText<'a>) -> Self {
        let known = Self::KNOWN.into_iter().find(|event| text.is(event.as_str()));
        known.unwrap_or(Self::Unknown(text.0))
    }
}

/// The change that a delivery reports: the body's `action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// `created`
    Created,
    /// `updated`
    Updated,
    /// `deleted`
    Deleted,
    /// `enabled`
    Enabled,
    /// `disabled`
    Disabled,
    /// Any other, as written between the quotes in the body, with escapes not resolved.
    Unknown(&'a str),
}

impl<'a> Action<'a> {
    const KNOWN: [Self; 5] =
        [Self::Created, Self::Updated, Self::Deleted, Self::Enabled, Self::Disabled];

    /// Returns the word as Drone writes it.
    pub const fn as_str(&self) -> &'a str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Unknown(action) => action,
        }
    }

    fn from_json(text: JsonText<'a>) -> Self {
        let known = Self::KNOWN.into_iter().find(|action| text.is(action.as_str()));
        known.unwrap_or(Self::Unknown(text.0))
    }
}

/// The event and the action of a delivery, read from its body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery<'a> {
    event: Option<JsonText<'a>>,
    action: Option<JsonText<'a>>,
}

impl<'a> Delivery<'a> {
    /// Reads `event` and `action` from a body. Verify the body first.
    ///
    /// Stops as soon as both are known. In Drone's deliveries they are the first two members. Other
    /// members are skipped, at any depth. Later repetitions are not seen.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedBody`] if, up to there,
    ///
    /// - the body is not a JSON object, or begins with a byte order mark,
    /// - `event` or `action` is not a string,
    /// - `event` or `action` appears twice, or a name differs from one of them only in ASCII case,
    ///   because another JSON library could read that member instead.
    pub fn read(body: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<Self, Error> {
        let mut delivery = Self::default();
        match delivery.read_members(&mut SliceLexer::new(body.as_ref())) {
            Ok(()) | Err(Stop::Complete) => Ok(delivery),
            Err(Stop::Malformed) => Err(Error::MalformedBody),
        }
    }

    /// Returns the event, or `None` if the body has none. Older servers send it only in the
    /// `X-Drone-Event` field, which is not signed and could be changed in transit.
    pub fn event(&self) -> Option<Event<'a>> {
        self.event.map(Event::from_json)
    }

    /// Returns the action, or `None` if the body has none.
    pub fn action(&self) -> Option<Action<'a>> {
        self.action.map(Action::from_json)
    }

    /// Returns the event and the action as written between the quotes in the body.
    #[cfg(feature = "capi")]
    pub(crate) fn texts(&self) -> [Option<&'a str>; 2] {
        [self.event, self.action].map(|text| text.map(|text| text.0))
    }

    fn read_members(&mut self, lexer: &mut SliceLexer<'a>) -> Result<(), Stop> {
        lexer.expect(SliceLexer::ws_peek, b'{').ok_or(Stop::Malformed)?;
        lexer.seq(b'}', SliceLexer::ws_peek, |_, lexer| {
            let name = JsonText::read(lexer)?;
            lexer.expect(SliceLexer::ws_peek, b':').ok_or(Stop::Malformed)?;
            lexer.eat_whitespace();
            let member = match name.member()? {
                Some(Member::Event) => &mut self.event,
                Some(Member::Action) => &mut self.action,
                None => return skip_value(lexer),
            };
            if member.replace(JsonText::read(lexer)?).is_some() {
                return Err(Stop::Malformed);
            }
            match (self.event, self.action) {
                (Some(_), Some(_)) => Err(Stop::Complete),
                _ => Ok(()),
            }
        })
    }
}

/// A member that the reader looks for.
enum Member {
    Event,
    Action,
}

/// The reason to stop before the end of the body.
enum Stop {
    Complete,
    Malformed,
}

impl From<hifijson::Expect> for Stop {
    fn from(_: hifijson::Expect) -> Self {
        Self::Malformed
    }
}

/// The content of a JSON string, with escapes not resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct JsonText<'a>(&'a str);

impl<'a> JsonText<'a> {
    fn read(lexer: &mut SliceLexer<'a>) -> Result<Self, Stop> {
        lexer.expect(|lexer| lexer.peek_next(), b'"').ok_or(Stop::Malformed)?;
        let inside = lexer.as_slice();
        lexer.str_ignore().map_err(|_| Stop::Malformed)?;
        // The lexer has consumed the content and the closing quote.
        let read = inside.len().saturating_sub(lexer.as_slice().len());
        let bytes = in_bounds(inside.get(..read.saturating_sub(1)));
        core::str::from_utf8(bytes).map(Self).map_err(|_| Stop::Malformed)
    }

    /// Returns whether the string, with escapes resolved, equals `word`, which is ASCII.
    fn is(&self, word: &str) -> bool {
        self.has_chars(word, |resolved, expected| resolved == expected)
    }

    /// Returns the member with this name, if the reader looks for it.
    fn member(&self) -> Result<Option<Member>, Stop> {
        let [is_event, is_action] = ["event", "action"]
            .map(|word| self.has_chars(word, |one, other| one.eq_ignore_ascii_case(&other)));
        match () {
            () if is_event && self.is("event") => Ok(Some(Member::Event)),
            () if is_action && self.is("action") => Ok(Some(Member::Action)),
            () if is_event || is_action => Err(Stop::Malformed),
            () => Ok(None),
        }
    }

    /// Returns whether the string, with escapes resolved, has the same characters as `word`, which is
    /// ASCII. `is_same` compares two characters.
    fn has_chars(&self, word: &str, is_same: impl Fn(char, char) -> bool) -> bool {
        let mut lexer = SliceLexer::new(self.0.as_bytes());
        let same = word.chars().all(|expected| {
            let resolved = match lexer.take_next() {
                Some(b'\\') => lexer.take_next().and_then(|kind| lexer.escape(kind).ok()),
                byte => byte.map(char::from),
            };
            resolved.is_some_and(|resolved| is_same(resolved, expected))
        });
        same && lexer.as_slice().is_empty()
    }
}

/// Skips a value, without recursion, so that deep nesting cannot overflow the stack.
///
/// Checks strings, numbers and words. Only counts brackets.
fn skip_value(lexer: &mut SliceLexer<'_>) -> Result<(), Stop> {
    let mut depth = 0usize;
    loop {
        match lexer.ws_peek().ok_or(Stop::Malformed)? {
            b'"' => lexer.discarded().str_ignore().map_err(|_| Stop::Malformed)?,
            b'-' | b'0'..=b'9' => {
                lexer.num_ignore().validate().map(|_| ()).map_err(|_| Stop::Malformed)?;
            }
            b'{' | b'[' => {
                lexer.take_next();
                depth = depth.saturating_add(1);
            }
            b'}' | b']' => {
                lexer.take_next();
                depth = depth.checked_sub(1).ok_or(Stop::Malformed)?;
            }
            b',' | b':' if depth > 0 => {
                lexer.take_next();
            }
            _ => lexer.null_or_bool().map(|_| ()).ok_or(Stop::Malformed)?,
        }
        if depth == 0 {
            return Ok(());
        }
    }
}

/// The signed header values of a delivery, as Drone writes them.
///
/// Drone also sends `X-Drone-Event`, which is not signed. Its value is [`Event::as_str`] of the event.
#[derive(Clone)]
pub struct SignedHeaders {
    pub(crate) date: FieldValue<{ date::LEN }>,
    pub(crate) digest: FieldValue<{ digest::LEN }>,
    pub(crate) signature: FieldValue<SIGNATURE_LEN>,
}

impl SignedHeaders {
    /// Returns the value of `Date`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Returns the value of `Digest`.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the value of `Signature`.
    pub fn signature(&self) -> &str {
        &self.signature
    }
}

/// Omits the MAC and the digest, to keep them out of logs.
impl fmt::Debug for SignedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedHeaders(..)")
    }
}

/// Signs `body` at `now` (Unix seconds) as a Drone server does.
///
/// # Errors
///
/// [`Error::TimeOutOfRange`] if `now` is not in the years 0–9999.
pub fn sign(
    key: &Key,
    body: &(impl AsRef<[u8]> + ?Sized),
    now: i64,
) -> Result<SignedHeaders, Error> {
    let hash = primitives::sha256(body.as_ref());
    // Needs nothing of the hash, so the processor can compute both at once.
    let date = date::write(now)?;
    let digest = digest::write(&hash);
    let tag = key.mac_of_whole(&verbatim::write_signing_string(&date, &digest));
    let signature = verbatim::write_params(&tag);
    Ok(SignedHeaders {
        date: FieldValue::new(date),
        digest: FieldValue::new(digest),
        signature: FieldValue::new(signature),
    })
}
