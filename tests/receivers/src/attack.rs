//! The types of the table.

use std::iter;

use anyhow::Result;

use crate::{
    delivery::Delivery,
    http2,
    receivers::{Kind, Receiver},
};

/// One row: an attack and the answer to it.
pub(crate) struct Attack {
    pub(crate) group: &'static str,
    pub(crate) name: String,
    pub(crate) act: Act,
    /// A status, then a space and the receiver's word for the reason if it has one; with ", "
    /// between the answers on one connection and " then " between those on several. `closed` is a
    /// connection without an answer. A scenario describes its result in its own words.
    pub(crate) answer: String,
    pub(crate) but: Vec<But>,
}

/// Makes the requests of an attack.
type Make = dyn Fn(&Delivery) -> Vec<Vec<u8>> + Send + Sync;

/// Makes the requests of an attack over HTTP/2.
type Make2 = dyn Fn(&Delivery) -> Vec<http2::Request> + Send + Sync;

/// The attack itself.
pub(crate) enum Act {
    /// Sends requests, each on a connection of its own; they are made of one fresh delivery.
    Send(Box<Make>),
    /// Sends requests over HTTP/2, each on a connection of its own.
    Send2 { tls: bool, make: Box<Make2> },
    /// Plays a scenario on a receiver of its own.
    Play(fn(&Receiver) -> Result<String>),
    /// As `Play`, while nothing else runs: it takes times.
    Measure(fn(&Receiver) -> Result<String>),
}

/// Receivers that answer otherwise, on purpose, with the reason.
pub(crate) struct But {
    pub(crate) kinds: &'static [Kind],
    /// `None` if they are not asked.
    pub(crate) answer: Option<String>,
    pub(crate) why: &'static str,
}

impl Attack {
    /// The answer of this receiver, or `None` if it is not asked.
    pub(crate) fn answer_of(&self, kind: Kind) -> Option<&str> {
        match self.but_of(kind) {
            Some(but) => but.answer.as_deref(),
            None => Some(&self.answer),
        }
    }

    /// How this receiver differs from the others.
    pub(crate) fn but_of(&self, kind: Kind) -> Option<&But> {
        self.but.iter().find(|but| but.kinds.contains(&kind))
    }

    /// Attacks a receiver, and gives its answer.
    pub(crate) fn perform(&self, receiver: &Receiver, expected: &str) -> Result<String> {
        let mut expected = expected.split(" then ").chain(iter::repeat(""));
        let mut next = || expected.next().unwrap_or_default();
        let delivery = Delivery::new();
        let answers: Result<Vec<String>> = match &self.act {
            Act::Send(make) => {
                make(&delivery).iter().map(|request| receiver.answer(request, next())).collect()
            }
            Act::Send2 { tls, make } => {
                let send = |request| receiver.answer_2(request, *tls, next());
                make(&delivery).iter().map(send).collect()
            }
            Act::Play(play) | Act::Measure(play) => return play(receiver),
        };
        Ok(answers?.join(" then "))
    }
}

/// Collects the rows.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) attacks: Vec<Attack>,
    group: &'static str,
}

impl Table {
    /// Begins a group of rows.
    pub(crate) fn group(&mut self, name: &'static str) {
        self.group = name;
    }

    /// A request on a connection of its own.
    pub(crate) fn send(
        &mut self,
        name: impl Into<String>,
        answer: impl Into<String>,
        make: impl Fn(&Delivery) -> Vec<u8> + Send + Sync + 'static,
    ) -> Row<'_> {
        self.send_each(name, answer, move |delivery| vec![make(delivery)])
    }

    /// Requests, each on a connection of its own.
    pub(crate) fn send_each(
        &mut self,
        name: impl Into<String>,
        answer: impl Into<String>,
        make: impl Fn(&Delivery) -> Vec<Vec<u8>> + Send + Sync + 'static,
    ) -> Row<'_> {
        self.add(name.into(), answer.into(), Act::Send(Box::new(make)))
    }

    /// Requests over HTTP/2, each on a connection of its own.
    pub(crate) fn send_2(
        &mut self,
        name: impl Into<String>,
        answer: impl Into<String>,
        make: impl Fn(&Delivery) -> Vec<http2::Request> + Send + Sync + 'static,
    ) -> Row<'_> {
        self.add(name.into(), answer.into(), Act::Send2 { tls: false, make: Box::new(make) })
    }

    /// Requests over HTTP/2 and TLS.
    pub(crate) fn send_2_tls(
        &mut self,
        name: impl Into<String>,
        answer: impl Into<String>,
        make: impl Fn(&Delivery) -> Vec<http2::Request> + Send + Sync + 'static,
    ) -> Row<'_> {
        self.add(name.into(), answer.into(), Act::Send2 { tls: true, make: Box::new(make) })
    }

    /// A scenario with sockets.
    pub(crate) fn play(
        &mut self,
        name: impl Into<String>,
        answer: impl Into<String>,
        play: fn(&Receiver) -> Result<String>,
    ) -> Row<'_> {
        self.add(name.into(), answer.into(), Act::Play(play))
    }

    /// A scenario that takes times.
    pub(crate) fn measure(
        &mut self,
        name: impl Into<String>,
        answer: impl Into<String>,
        play: fn(&Receiver) -> Result<String>,
    ) -> Row<'_> {
        self.add(name.into(), answer.into(), Act::Measure(play))
    }

    fn add(&mut self, name: String, answer: String, act: Act) -> Row<'_> {
        self.attacks.push(Attack { group: self.group, name, act, answer, but: Vec::new() });
        Row(self.attacks.last_mut().expect("it was just added"))
    }
}

/// A row to which exceptions can be added.
pub(crate) struct Row<'t>(&'t mut Attack);

impl Row<'_> {
    /// These receivers give another answer.
    pub(crate) fn but(self, kinds: &'static [Kind], answer: &str, why: &'static str) -> Self {
        self.0.but.push(But { kinds, answer: Some(answer.into()), why });
        self
    }

    /// These receivers are not asked.
    pub(crate) fn not(self, kinds: &'static [Kind], why: &'static str) -> Self {
        self.0.but.push(But { kinds, answer: None, why });
        self
    }
}
