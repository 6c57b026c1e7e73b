//! Sample requests to extensions, about the same repository.

use serde_json::{Value, json};

use super::body::Moment;
use crate::extension::Extension;
use hooksig::drone::Action;

/// Returns the members of a request. Drone sends every member, also those of its own zero build.
pub(super) fn members(extension: Extension, moment: Moment) -> Value {
    let repo = repo(moment);
    let token = json!({"access": "", "refresh": ""});
    let config = json!({"data": CONFIG, "kind": ""});
    match extension {
        Extension::Admission => json!({"event": "register", "user": user(moment), "token": token}),
        Extension::Config => json!({"build": new_build(moment), "repo": repo, "token": token}),
        Extension::Convert | Extension::Validate => {
            json!({"build": new_build(moment), "config": config, "repo": repo, "token": token})
        }
        Extension::Environ | Extension::Registry => json!({"repo": repo, "build": build(moment)}),
        Extension::Secret => {
            json!({"path": "harbour", "name": "key", "repo": repo, "build": build(moment)})
        }
    }
}

const CONFIG: &str = "kind: pipeline\ntype: docker\nname: default\nsteps:\n- name: test\n  \
                      image: golang\n  commands: [go test]\n";

/// Returns a user who logs in for the first time.
fn user(moment: Moment) -> Value {
    let Moment { now, .. } = moment;
    json!({
        "id": 0,
        "login": format!("ada{}", moment.number()),
        "email": "ada@example.org",
        "avatar_url": "https://git.example.org/avatars/ada",
        "active": true,
        "admin": false,
        "machine": false,
        "syncing": true,
        "synced": 0,
        "created": now,
        "updated": now,
        "last_login": now,
        "token": "",
    })
}

fn repo(moment: Moment) -> Value {
    let mut repo = moment.repo(Action::Created);
    repo["archived"] = Value::Null;
    repo["throttle"] = 0.into();
    repo["build"] = empty(build(moment));
    repo
}

/// Returns a build that has a number, as runners send it.
fn build(moment: Moment) -> Value {
    let mut build = moment.build(Action::Created);
    build["debug"] = false.into();
    build
}

/// Returns a build that is about to be created.
fn new_build(moment: Moment) -> Value {
    let mut build = build(moment);
    build["id"] = 0.into();
    build["number"] = 0.into();
    build
}

/// Returns the object with empty values.
fn empty(mut object: Value) -> Value {
    for (_, value) in object.as_object_mut().into_iter().flatten() {
        match value {
            Value::String(text) => text.clear(),
            Value::Number(number) => *number = 0.into(),
            _ => {}
        }
    }
    object
}
