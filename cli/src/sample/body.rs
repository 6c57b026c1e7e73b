//! Sample bodies as a current Drone server writes them, about an imaginary repository.

use std::str::FromStr;

use anyhow::{Context, anyhow, ensure};
use hooksig::{
    drone::{Action, Event},
    payload::{Payload, admission, config, convert, environ, registry, secret, validate},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{kind::Kind, request};
use crate::{extension::Extension, json};

/// Numbers that no earlier run has used, so that no two deliveries within a second are equal.
pub(crate) struct Serial(u32);

impl Serial {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let random =
            getrandom::u32().map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        Ok(Self(random))
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

/// Writes the body of a request sent at `now`, byte for byte as Go would.
pub(crate) fn write(
    kind: Kind,
    serial: u32,
    now: i64,
    settings: &[Setting],
) -> anyhow::Result<Vec<u8>> {
    let moment = Moment { serial, now };
    let mut members = match kind {
        Kind::Webhook(event, action) => moment.webhook(event, action),
        Kind::Extension(extension) => request::members(extension, moment),
    };
    for setting in settings {
        setting.apply(kind, &mut members)?;
    }
    let text = match kind {
        Kind::Webhook(..) => ordered::<Payload>(members),
        Kind::Extension(Extension::Admission) => ordered::<admission::Request>(members),
        Kind::Extension(Extension::Config) => ordered::<config::Request>(members),
        Kind::Extension(Extension::Convert) => ordered::<convert::Request>(members),
        Kind::Extension(Extension::Environ) => ordered::<environ::Request>(members),
        Kind::Extension(Extension::Registry) => ordered::<registry::Request>(members),
        Kind::Extension(Extension::Secret) => ordered::<secret::Request>(members),
        Kind::Extension(Extension::Validate) => ordered::<validate::Request>(members),
    }?;
    let tokens = json::tokens(&text).context("JSON")?;
    Ok(json::write(&tokens, json::Style::DRONE))
}

/// Writes members in the order of the type, which is Drone's, and leaves out null ones.
fn ordered<T: DeserializeOwned + Serialize>(members: Value) -> anyhow::Result<Vec<u8>> {
    let body: T = serde_json::from_value(members).context("JSON")?;
    serde_json::to_vec(&body).context("JSON")
}

/// A member to change.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    path: String,
    value: String,
}

impl FromStr for Setting {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, value) = text.split_once('=').ok_or("MEMBER=VALUE is needed")?;
        Ok(Self { path: path.to_owned(), value: value.to_owned() })
    }
}

impl Setting {
    /// Keeps the type of the member: text stays text.
    fn apply(&self, kind: Kind, members: &mut Value) -> anyhow::Result<()> {
        let Self { path, value } = self;
        ensure!(
            matches!(kind, Kind::Extension(_)) || path != "event" && path != "action",
            "--set {path}: EVENT:ACTION chooses event and action"
        );
        let pointer = format!("/{}", path.replace('.', "/"));
        let member = members.pointer_mut(&pointer).filter(|member| !member.is_null());
        let member =
            member.ok_or_else(|| anyhow!("--set {path:?}: the body has no such member"))?;
        *member = match member {
            Value::String(_) => value.as_str().into(),
            _ => serde_json::from_str(value).with_context(|| format!("--set {path}: not JSON"))?,
        };
        Ok(())
    }
}

const USER_ID: u32 = 7;
const REPO_ID: u32 = 42;

/// The time and number of a sample.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    serial: u32,
    pub(super) now: i64,
}

impl Moment {
    fn webhook(self, event: Event<'_>, action: Action<'_>) -> Value {
        let is_build = event == Event::Build;
        // A build names the user who started it only until it has been processed.
        let has_user = !is_build || action == Action::Created;
        json!({
            "event": event.as_str(),
            "action": action.as_str(),
            "user": has_user.then(|| self.user(action)),
            "repo": (event != Event::User).then(|| self.repo(action)),
            "build": is_build.then(|| self.build(action)),
            "system": {
                "proto": "https",
                "host": "drone.example.org",
                "link": "https://drone.example.org",
                "version": "2.26.0",
            },
        })
    }

    fn user(self, action: Action<'_>) -> Value {
        let created = if action == Action::Created { self.now } else { self.now - 86_400 };
        json!({
            "id": self.serial,
            "login": "ada",
            "email": "ada@example.org",
            "machine": false,
            "admin": false,
            "active": true,
            "avatar": "https://git.example.org/avatars/ada",
            "syncing": false,
            "synced": created,
            "created": created,
            "updated": self.now,
            "last_login": created,
        })
    }

    pub(super) fn repo(self, action: Action<'_>) -> Value {
        json!({
            "id": REPO_ID,
            "uid": self.serial.to_string(),
            "user_id": USER_ID,
            "namespace": "ada",
            "name": "lighthouse",
            "slug": "ada/lighthouse",
            "scm": "git",
            "git_http_url": "https://git.example.org/ada/lighthouse.git",
            "git_ssh_url": "git@git.example.org:ada/lighthouse.git",
            "link": "https://git.example.org/ada/lighthouse",
            "default_branch": "main",
            "private": false,
            "visibility": "public",
            "active": !matches!(action, Action::Disabled | Action::Deleted),
            "config_path": ".drone.yml",
            "trusted": false,
            "protected": false,
            "ignore_forks": false,
            "ignore_pull_requests": false,
            "auto_cancel_pull_requests": false,
            "auto_cancel_pushes": false,
            "auto_cancel_running": false,
            "timeout": 60,
            "counter": self.number(),
            "synced": self.now - 3600,
            "created": self.now - 86_400,
            "updated": self.now,
            "version": 3,
            "archived": false,
        })
    }

    /// A build waits when it is created, and is done when it is updated.
    pub(super) fn build(self, action: Action<'_>) -> Value {
        let done = action == Action::Updated;
        let stages = || [self.stage(1, "test", None), self.stage(2, "publish", Some("test"))];
        json!({
            "id": self.serial,
            "repo_id": REPO_ID,
            "trigger": "@hook",
            "number": self.number(),
            "status": if done { "success" } else { "pending" },
            "event": "push",
            "action": "",
            "link": "https://git.example.org/ada/lighthouse/compare/0a1b2c3d4e5f...f5e4d3c2b1a0",
            "timestamp": self.now - 90,
            // Characters that Go escapes, and some that not every program writes unescaped.
            "message": "Fresnel lens: <glass> & brass\n\n12 % brighter at 20 km — “vérifié”",
            "before": self.commit(0),
            "after": self.commit(1),
            "ref": "refs/heads/main",
            "source_repo": "",
            "source": "main",
            "target": "main",
            "author_login": "ada",
            "author_name": "Ada Leuchtfeuer",
            "author_email": "ada@example.org",
            "author_avatar": "https://git.example.org/avatars/ada",
            "sender": "ada",
            "started": if done { self.now - 80 } else { 0 },
            "finished": if done { self.now } else { 0 },
            "created": self.now - 85,
            "updated": self.now,
            "version": if done { 4 } else { 1 },
            "stages": done.then(stages),
        })
    }

    fn stage(self, number: u32, name: &str, waits_for: Option<&str>) -> Value {
        let id = self.serial.wrapping_add(number);
        json!({
            "id": id,
            "repo_id": REPO_ID,
            "build_id": self.serial,
            "number": number,
            "name": name,
            "kind": "pipeline",
            "type": "docker",
            "status": "success",
            "errignore": false,
            "exit_code": 0,
            "machine": "runner-1",
            "os": "linux",
            "arch": "amd64",
            "started": self.now - 80,
            "stopped": self.now - 1,
            "created": self.now - 85,
            "updated": self.now,
            "version": 4,
            "on_success": true,
            "on_failure": false,
            "depends_on": waits_for.map(|name| [name]),
            "steps": [
                self.step(id, 1, ("clone", "drone/git:latest"), None),
                self.step(id, 2, (name, "golang:1.26"), Some("clone")),
            ],
        })
    }

    fn step(
        self,
        stage: u32,
        number: u32,
        (name, image): (&str, &str),
        waits_for: Option<&str>,
    ) -> Value {
        json!({
            "id": stage.wrapping_add(number),
            "step_id": stage,
            "number": number,
            "name": name,
            "status": "success",
            "exit_code": 0,
            "started": self.now - 80,
            "stopped": self.now - 1,
            "version": 4,
            "depends_on": waits_for.map(|name| [name]),
            "image": image,
        })
    }

    /// Returns the build's number: small, as real ones are.
    pub(super) fn number(self) -> u32 {
        self.serial % 1000 + 1
    }

    /// Returns a commit hash that differs from build to build.
    fn commit(self, offset: u32) -> String {
        format!("{:08x}", self.serial.wrapping_add(offset)).repeat(5)
    }
}
