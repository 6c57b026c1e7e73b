//! Bodies as typed data: no documented member is lost, and all others are ignored.

use hooksig::payload::{
    Confidential, Payload, Repo, Token, admission,
    config::{self, Config},
    convert, environ,
    registry::{self, Registry},
    secret::{self, Secret},
    validate,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// The bodies of the recorded deliveries.
fn recorded() -> impl Iterator<Item = (String, Value)> {
    hooksig_vectors::deliveries().into_iter().map(|(name, request)| (name, body_of(&request)))
}

fn body_of(request: &[u8]) -> Value {
    let head = request.windows(4).position(|end| end == b"\r\n\r\n").expect("the head ends");
    serde_json::from_slice(&request[head + 4..]).expect("the body is JSON")
}

#[track_caller]
fn parse(body: &Value) -> Payload {
    serde_json::from_str(&body.to_string()).expect("it is a payload")
}

#[track_caller]
fn write(payload: &Payload) -> Value {
    serde_json::to_value(payload).expect("it can be written")
}

#[test]
fn of_recorded_deliveries_nothing_is_lost() {
    let mut seen = 0;
    for (name, mut body) in recorded() {
        if name.starts_with("drone-go-client") {
            // Not a server's: the plugin client adds two members, one of them a secret.
            let user = body["user"].as_object_mut().expect("it is a user's");
            assert!(user.remove("token").is_some() && user.remove("avatar_url").is_some());
        }
        assert_eq!(write(&parse(&body)), body, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 10);
}

/// Every member of a real server's bodies, `repo.build` of a runner's reports among them.
#[test]
fn of_a_real_servers_webhooks_nothing_is_lost() {
    let requests = hooksig_vectors::server_requests().into_iter();
    let webhooks = requests.filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit()));
    let bodies: Vec<_> = webhooks.map(|(name, request)| (name, body_of(&request))).collect();
    assert_eq!(bodies.len(), 13);
    assert!(bodies.iter().any(|(_, body)| body["repo"]["build"].is_object()));
    for (name, body) in bodies {
        assert_eq!(write(&parse(&body)), body, "{name}");
    }
}

/// Requests to extensions: those of a real server, then those of `drone-go`'s client.
fn extension_requests() -> impl Iterator<Item = (String, Vec<u8>)> {
    let of_server = hooksig_vectors::server_requests().into_iter();
    of_server
        .filter(|(name, _)| name.starts_with("extension-"))
        .chain(hooksig_vectors::extension_requests())
}

type Rewrite = fn(&[u8]) -> Vec<u8>;

/// Parses the body as this type and writes it again.
fn rewrite<T: DeserializeOwned + Serialize>(body: &[u8]) -> Vec<u8> {
    let request: T = serde_json::from_slice(body).expect("it is a request");
    serde_json::to_vec(&request).expect("it can be written")
}

#[test]
fn of_extension_requests_nothing_is_lost() {
    let mut seen = Vec::new();
    for (name, request) in extension_requests() {
        let head = request.windows(4).position(|end| end == b"\r\n\r\n").expect("the head ends");
        let (head, body) = request.split_at(head + 4);
        let (rewrite, media_type): (Rewrite, _) = match name.as_str() {
            "extension-config" => (rewrite::<config::Request>, config::MEDIA_TYPE),
            "extension-convert" => (rewrite::<convert::Request>, convert::MEDIA_TYPE),
            "extension-validate" => (rewrite::<validate::Request>, validate::MEDIA_TYPE),
            "extension-register" | "extension-admission" => {
                (rewrite::<admission::Request>, admission::MEDIA_TYPE)
            }
            "extension-secret" => (rewrite::<secret::Request>, secret::MEDIA_TYPE),
            "extension-registry" => (rewrite::<registry::Request>, registry::MEDIA_TYPE),
            "extension-environ" => (rewrite::<environ::Request>, environ::MEDIA_TYPE),
            other => panic!("{other} is no extension's"),
        };
        let head = std::str::from_utf8(head).expect("the head is text");
        assert!(head.contains(&format!("\r\nAccept: {media_type}\r\n")), "{name}");
        let written = rewrite(body);
        // In the same order, too: but Go escapes more than serde.
        let is_escaped = body.windows(2).any(|bytes| bytes == b"\\u");
        if is_escaped {
            assert_eq!(body_of(&request), serde_json::from_slice::<Value>(&written).expect("JSON"));
        } else {
            assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(body), "{name}");
        }
        seen.push(name);
    }
    assert_eq!(seen.len(), 5 + 7, "{seen:?}");
}

#[test]
fn answers_of_extensions_are_written_as_drone_reads_them() {
    fn written(answer: impl Serialize) -> Value {
        serde_json::to_value(answer).expect("it can be written")
    }
    let config = written(Config::new("kind: pipeline"));
    assert_eq!(config, json!({"data": "kind: pipeline"}));
    assert_eq!(written(Secret::new("brass")), json!({"data": "brass"}));
    let registry = written(Registry::new("docker.io", "ada", "brass"));
    assert_eq!(registry, json!({"address": "docker.io", "username": "ada", "password": "brass"}));
    let variable = written(environ::Variable::new("LAMP", "on"));
    assert_eq!(variable, json!({"name": "LAMP", "data": "on"}));
}

#[test]
fn debugging_output_of_bodies_holds_no_secret() {
    let token: Token =
        serde_json::from_str(r#"{"access":"brass","refresh":"brass"}"#).expect("one");
    let repo: Repo = serde_json::from_str(r#"{"secret":"brass","signer":"brass"}"#).expect("one");
    let user: admission::User = serde_json::from_str(r#"{"token":"brass"}"#).expect("one");
    let mut registry = Registry::new("docker.io", "ada", "brass");
    registry.token = Some("brass".into());
    let variable = environ::Variable::new("LAMP", "brass");
    let all = format!("{:?}", (token, repo, user, registry, variable, Secret::new("brass")));
    assert!(!all.contains("brass"), "{all}");
    assert_eq!(all.matches("Confidential(..)").count(), 9, "{all}");
    assert_eq!(Confidential::from("brass").as_str(), "brass");
}

#[test]
fn members_are_written_in_the_order_of_a_server() {
    for (name, request) in hooksig_vectors::deliveries() {
        let request = String::from_utf8(request).expect("it is UTF-8");
        let (_, body) = request.split_once("\r\n\r\n").expect("the head ends");
        let payload: Payload = serde_json::from_str(body).expect("it is a payload");
        let written = serde_json::to_string(&payload).expect("it can be written");
        // Go escapes more than serde, and the plugin client has another order.
        if !body.contains("\\u") && !name.starts_with("drone-go-client") {
            assert_eq!(written, body, "{name}");
        }
    }
}

/// Servers leave these out when they are empty, so no recording has them.
#[test]
fn members_that_are_seldom_there_are_not_lost() {
    let step = json!({
        "name": "test", "error": "e", "errignore": true, "detached": true, "schema": "https://s"
    });
    let stage = json!({
        "error": "e", "machine": "m", "variant": "v7", "kernel": "1809", "limit": 1, "throttle": 2,
        "depends_on": ["a", "b"], "labels": {"a": "b"}, "steps": [step]
    });
    let build = json!({
        "parent": 8, "error": "e", "title": "t", "cron": "nightly", "deploy_to": "production",
        "deploy_id": 4_000_000_000_000_i64, "debug": true, "stages": [stage]
    });
    let repo = json!({
        "throttle": 2, "build": build, "signer": "s", "secret": "t",
        "permissions": {"read": true, "write": false, "admin": false}
    });
    let body = json!({"repo": repo, "build": build});
    assert_eq!(write(&parse(&body)), body);
}

#[test]
fn what_is_absent_or_null_is_none() {
    assert_eq!(parse(&json!({})), Payload::default());
    let null = json!({"event": null, "user": null, "build": {"stages": null, "params": null}});
    let payload = parse(&null);
    assert_eq!((payload.event, payload.user), (None, None));
    let build = payload.build.expect("it is there");
    assert_eq!((build.stages, build.params, build.number), (None, None, None));
}

/// Adds unknown members to every object.
fn with_unknown(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(with_unknown);
            // An object with the user's own keys may have any.
            if !members.contains_key("REGION") && !members.contains_key("pool") {
                add_unknown(members);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(with_unknown),
        _ => {}
    }
}

fn add_unknown(members: &mut Map<String, Value>) {
    members.insert("new_number".into(), 1.5.into());
    members.insert("new_object".into(), json!({"id": "x", "deep": [[{}], null]}));
}

#[test]
fn unknown_members_are_read_over() {
    for (name, body) in recorded() {
        let mut more = body.clone();
        with_unknown(&mut more);
        assert_ne!(more, body);
        assert_eq!(parse(&more), parse(&body), "{name}");
    }
}

#[test]
fn members_of_another_kind_are_errors() {
    for body in [
        r#"{"event":1}"#,
        r#"{"user":[]}"#,
        r#"{"build":{"number":"9"}}"#,
        r#"{"build":{"number":1e40}}"#,
        r#"{"build":{"stages":{}}}"#,
        r#"{"build":{"stages":[{"steps":[null]}]}}"#,
        r#"{"repo":{"private":0}}"#,
        r#"{"event":"user","event":"repo"}"#,
        r#"{} {}"#,
        "[[]]",
        "",
    ] {
        let parsed = serde_json::from_str::<Payload>(body);
        assert!(parsed.is_err(), "{body}: {parsed:?}");
    }
}
