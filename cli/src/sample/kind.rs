//! The kinds of signed requests that Drone sends.

use hooksig::drone::{self, Action, Event};

use crate::extension::{Extension, WORD};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Webhook(Event<'static>, Action<'static>),
    Extension(Extension),
}

/// Names of every webhook that a server sends, of `user:updated`, which it defines but does not send,
/// and of the requests to extensions.
const KINDS: [(&str, Kind); 15] = [
    ("user:created", Kind::Webhook(Event::User, Action::Created)),
    ("user:updated", Kind::Webhook(Event::User, Action::Updated)),
    ("user:deleted", Kind::Webhook(Event::User, Action::Deleted)),
    ("repo:enabled", Kind::Webhook(Event::Repo, Action::Enabled)),
    ("repo:disabled", Kind::Webhook(Event::Repo, Action::Disabled)),
    ("repo:deleted", Kind::Webhook(Event::Repo, Action::Deleted)),
    ("build:created", Kind::Webhook(Event::Build, Action::Created)),
    ("build:updated", Kind::Webhook(Event::Build, Action::Updated)),
    ("extension:admission", Kind::Extension(Extension::Admission)),
    ("extension:config", Kind::Extension(Extension::Config)),
    ("extension:convert", Kind::Extension(Extension::Convert)),
    ("extension:environ", Kind::Extension(Extension::Environ)),
    ("extension:registry", Kind::Extension(Extension::Registry)),
    ("extension:secret", Kind::Extension(Extension::Secret)),
    ("extension:validate", Kind::Extension(Extension::Validate)),
];

impl Kind {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        KINDS.into_iter().map(|(_, kind)| kind)
    }

    /// Returns the names on the command line, such as `user:created`.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        KINDS.into_iter().map(|(name, _)| name)
    }

    /// Returns whether `pattern` selects the kind. A pattern of `DRONE_WEBHOOK_EVENTS` selects no
    /// extension, so extensions are selected only by a pattern that begins with `extension:`.
    pub(super) fn is_selected_by(self, pattern: &str) -> bool {
        match self {
            Self::Webhook(event, action) => drone::selects(&[pattern], event, Some(action)),
            Self::Extension(extension) => {
                let (event, action) = (Event::Unknown(WORD), Action::Unknown(extension.name()));
                pattern.starts_with("extension:") && drone::selects(&[pattern], event, Some(action))
            }
        }
    }
}
