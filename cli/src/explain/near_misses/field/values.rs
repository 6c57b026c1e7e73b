//! Guesses the original value of a covered field that was changed.

use hooksig::digest;

use super::Change;
use crate::{
    explain::{Case, case::CoveredLine},
    message::Message,
};

/// Proxies hardly know fields with longer values.
const MAX_VALUE: usize = 4096;

/// Most instances of a field that are tried one by one.
const MAX_INSTANCES: usize = 8;

/// Common values of senders, proxies and gateways, by field name.
const COMMON: [(&str, &[&str]); 7] = [
    (
        "accept-encoding",
        &[
            "identity",
            "gzip",
            "",
            "gzip, deflate",
            "gzip, deflate, br",
            "gzip, deflate, br, zstd",
            "gzip,deflate",
            "deflate, gzip",
            "br",
            "br, gzip",
            "gzip, br",
            "*",
            "*/*",
            "identity;q=1, *;q=0",
            "gzip;q=1.0, identity;q=0.5",
        ],
    ),
    (
        "accept",
        &[
            "*/*",
            "",
            "application/json",
            "application/vnd.drone.admission.v1+json",
            "application/vnd.drone.config.v1+json",
            "application/vnd.drone.convert.v1+json",
            "application/vnd.drone.validate.v1+json",
            "application/vnd.drone.secret.v1+json",
            "application/vnd.drone.registry.v1+json",
            "application/vnd.drone.env.v1+json",
            "application/vnd.drone.env.v2+json",
            "application/vnd.drone.webhook.v1+json",
        ],
    ),
    (
        "content-type",
        &[
            "application/json",
            "application/json; charset=utf-8",
            "application/json; charset=UTF-8",
            "application/json;charset=utf-8",
            "application/json;charset=UTF-8",
            "text/plain",
            "text/plain; charset=utf-8",
            "application/byte-stream",
            "application/x-www-form-urlencoded",
            "",
        ],
    ),
    ("user-agent", &["Go-http-client/1.1", "Go-http-client/2.0", ""]),
    ("connection", &["close", "keep-alive", "Keep-Alive", ""]),
    ("transfer-encoding", &["chunked", ""]),
    ("x-drone-event", &["user", "repo", "build"]),
];

/// Prefixes and suffixes with which gateways rename a field whose name they use themselves.
const MOVED: [(&str, &str); 9] = [
    ("x-", ""),
    ("x-original-", ""),
    ("x-amzn-remapped-", ""),
    ("x-forwarded-", ""),
    ("x-envoy-original-", ""),
    ("x-real-", ""),
    ("original-", ""),
    ("x-amz-", ""),
    ("x-", "-original"),
];

const WAS_CHANGED: &str = "was changed on the way";
const WAS_MOVED: &str = "was moved to another field on the way";
const WAS_JOINED: &str = "was joined with another field on the way";
const WAS_WRITTEN: &str = "was spelled differently";
const WAS_DROPPED: &str = "was dropped on the way";

/// Most fields searched for a moved value.
const MAX_CANDIDATES: usize = 256;

/// Returns the fields that may hold the value of another one: their lower-case names, and values.
pub(super) fn candidates<'m>(message: &'m Message<'_>) -> Vec<(String, &'m [u8])> {
    let fields = message.fields.iter();
    let short = fields.filter(|field| field.name.len() <= 64 && field.value.len() <= MAX_VALUE);
    let short = short.take(MAX_CANDIDATES);
    short.map(|field| (field.name.to_ascii_lowercase(), field.value.trim_ascii())).collect()
}

pub(super) fn of(
    case: &Case<'_>,
    candidates: &[(String, &[u8])],
    index: usize,
    line: &CoveredLine<'_>,
) -> Vec<Change> {
    let Ok(name) = str::from_utf8(&line.name) else { return vec![] };
    let mut changes = Changes { index, line, found: vec![] };
    changes.add_instances();
    changes.add_moved(candidates, name);
    match name {
        "(request-target)" => changes.add_targets(case),
        "host" => changes.add_hosts(case),
        "digest" => changes.add_digests(case),
        "content-length" => {
            let length = case.message.body.len().to_string();
            changes.add(length, WAS_CHANGED);
        }
        _ => {}
    }
    let common = COMMON.iter().find(|(common, _)| *common == name);
    for value in common.map_or([].as_slice(), |(_, values)| values) {
        changes.add(*value, WAS_CHANGED);
    }
    if !matches!(name, "date" | "digest") {
        changes.add_spellings();
    }
    changes.found
}

struct Changes<'c, 'a> {
    index: usize,
    line: &'c CoveredLine<'a>,
    found: Vec<Change>,
}

impl Changes<'_, '_> {
    fn add(&mut self, value: impl Into<Vec<u8>>, done: &'static str) {
        let value = value.into();
        let is_known = self.line.value.as_ref() == Some(&value)
            || self.found.iter().any(|found| found.value == value);
        if !is_known && value.len() <= MAX_VALUE {
            let done =
                if self.line.value.is_none() && done == WAS_CHANGED { WAS_DROPPED } else { done };
            self.found.push(Change { index: self.index, value, done });
        }
    }

    /// Adds each of several instances, or each part of a comma-joined one.
    fn add_instances(&mut self) {
        let instances = &self.line.instances;
        if instances.len() > 1 {
            for instance in instances.iter().take(MAX_INSTANCES) {
                self.add(*instance, "was sent once, and another was added on the way");
            }
            let reversed: Vec<_> = instances.iter().take(MAX_INSTANCES).rev().copied().collect();
            self.add(reversed.join(b", ".as_slice()), WAS_JOINED);
            let instances: Vec<_> = instances.iter().take(MAX_INSTANCES).copied().collect();
            self.add(instances.join(b",".as_slice()), WAS_JOINED);
        }
        let Some(value) = self.line.value.clone().filter(|value| value.len() <= MAX_VALUE) else {
            return;
        };
        let parts: Vec<&[u8]> = value.split(|&byte| byte == b',').take(16).collect();
        // A date contains a comma, so neighbouring parts are rejoined.
        for start in 0..parts.len() {
            for end in start + 1..=parts.len() {
                let part = parts[start..end].join(b",".as_slice());
                self.add(part.trim_ascii(), WAS_JOINED);
            }
        }
    }

    fn add_moved(&mut self, candidates: &[(String, &[u8])], name: &str) {
        let suffix = format!("-{name}");
        let is_moved = |found: &str| {
            MOVED.iter().any(|(before, after)| {
                found.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) == Some(name)
            }) || found.ends_with(&suffix)
                || name == "date" && found != "date" && found.contains("date")
        };
        for (_, value) in candidates.iter().filter(|(found, _)| is_moved(found)) {
            self.add(*value, WAS_MOVED);
        }
        // Gateways rename fields freely, but dates and digests are recognisable.
        let looks_alike = |value: &[u8]| match name {
            "date" => value.ends_with(b" GMT") && value.len() < 40,
            "digest" => value.starts_with(b"SHA-256=") && value.len() < 100,
            _ => false,
        };
        for (_, value) in candidates.iter().filter(|(_, value)| looks_alike(value)) {
            self.add(*value, WAS_MOVED);
        }
    }

    /// Adds the usual spelling of the one received, and the digest of the body.
    fn add_digests(&mut self, case: &Case<'_>) {
        let received = self.line.value.clone().unwrap_or_default();
        let (name, value) = received.split_at("SHA-256=".len().min(received.len()));
        if name.eq_ignore_ascii_case(b"SHA-256=") {
            self.add([b"SHA-256=", value].concat(), WAS_WRITTEN);
        }
        if case.budget.pay_for_body(case.message.body.len()) {
            self.add(digest::field(&case.message.body).as_bytes(), WAS_CHANGED);
        }
    }

    /// Adds other methods and other forms of the path.
    fn add_targets(&mut self, case: &Case<'_>) {
        let (method, target) = (case.message.method.to_ascii_lowercase(), case.message.target);
        let path = target
            .split_once("://")
            .map_or(target, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
        let mut targets = vec![path.to_owned(), format!("{}/", path.trim_end_matches('/'))];
        let trimmed = path.trim_end_matches('/');
        targets.push(if trimmed.is_empty() { "/".into() } else { trimmed.into() });
        if let Some((before, _)) = path.split_once('?') {
            targets.push(before.to_owned());
        }
        // A prefix that a proxy removed or added.
        let slashes = path.match_indices('/').skip(1).take(MAX_INSTANCES);
        targets.extend(slashes.map(|(at, _)| path[at..].to_owned()));
        const ORIGINAL: [&str; 8] = [
            "x-original-uri",
            "x-original-url",
            "x-forwarded-uri",
            "x-envoy-original-path",
            "x-rewrite-url",
            "x-forwarded-path",
            "x-replaced-path",
            "x-request-uri",
        ];
        let field =
            |name: &str| case.message.values(name).find_map(|value| str::from_utf8(value).ok());
        targets.extend(ORIGINAL.iter().filter_map(|name| field(name)).map(str::to_owned));
        for name in ["x-forwarded-prefix", "x-script-name"] {
            targets.extend(
                field(name).map(|prefix| format!("{}{path}", prefix.trim_end_matches('/'))),
            );
        }
        let hosts = case.message.values("host").filter_map(|value| str::from_utf8(value).ok());
        let absolute = hosts
            .take(1)
            .flat_map(|host| ["http", "https"].map(|scheme| format!("{scheme}://{host}{path}")));
        targets.extend(absolute.collect::<Vec<_>>());
        targets.extend(["/".to_owned(), "/hook".into(), "/hooks".into(), "/webhook".into()]);
        for target in &targets {
            for method in [method.as_str(), "post", "POST", "get", "put"] {
                self.add(format!("{method} {target}"), WAS_CHANGED);
            }
        }
    }

    /// Adds hosts with and without a port, and names that proxies keep in other fields.
    fn add_hosts(&mut self, case: &Case<'_>) {
        let mut hosts: Vec<String> = self
            .line
            .value
            .iter()
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect();
        for name in ["x-forwarded-host", "x-original-host", "x-forwarded-server", ":authority"] {
            let values = case.message.values(name).take(MAX_INSTANCES);
            hosts.extend(values.filter_map(|value| str::from_utf8(value).ok()).map(str::to_owned));
        }
        let forwarded =
            case.message.values("forwarded").find_map(|value| str::from_utf8(value).ok());
        let host = forwarded.and_then(|text| {
            text.split([';', ',']).find_map(|part| part.trim().strip_prefix("host="))
        });
        hosts.extend(host.map(|host| host.trim_matches('"').to_owned()));
        hosts.extend(["localhost".into(), "127.0.0.1".into()]);
        for host in hosts {
            let bare = host.rsplit_once(':').map_or(host.as_str(), |(bare, _)| bare).to_owned();
            for host in [host, bare.clone(), bare.to_ascii_lowercase()] {
                self.add(host, WAS_CHANGED);
            }
            for port in [80, 443, 8080, 8443, 3000, 8000, 5000] {
                self.add(format!("{bare}:{port}"), WAS_CHANGED);
            }
        }
    }

    /// Adds the value as other programs spell it.
    fn add_spellings(&mut self) {
        let Some(value) = self.line.value.clone().filter(|value| value.len() <= MAX_VALUE) else {
            return self.add("", WAS_DROPPED);
        };
        let collapsed = value.split(|byte| matches!(byte, b' ' | b'\t'));
        let collapsed: Vec<_> = collapsed.filter(|part| !part.is_empty()).collect();
        self.add(collapsed.join(b" ".as_slice()), WAS_WRITTEN);
        let parts: Vec<_> = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
        self.add(parts.join(b",".as_slice()), WAS_WRITTEN);
        self.add(parts.join(b", ".as_slice()), WAS_WRITTEN);
        let parameters = value.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let parameters: Vec<_> = parameters.collect();
        self.add(parameters.join(b"; ".as_slice()), WAS_WRITTEN);
        self.add(parameters.join(b";".as_slice()), WAS_WRITTEN);
        self.add(parameters[0], WAS_CHANGED);
        self.add(value.to_ascii_lowercase(), WAS_WRITTEN);
        self.add(value.to_ascii_uppercase(), WAS_WRITTEN);
        self.add(value.strip_suffix(b"/").unwrap_or(&value), WAS_WRITTEN);
        self.add("", WAS_CHANGED);
    }
}
