//! The Drone layer: bodies compared with `serde_json`, patterns with a plain version of Go's
//! matcher.

use hooksig::{
    Error,
    drone::{Action, Delivery, Event, selects},
};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::{Index, select},
};
use serde_json::Value;

/// `filepath.Match` as documented, by trying everything.
fn plain_match(pattern: &[char], name: &[char]) -> bool {
    match pattern {
        [] => name.is_empty(),
        ['*', rest @ ..] => {
            let star_takes_one = name.first().is_some_and(|first| *first != '/');
            plain_match(rest, name) || star_takes_one && plain_match(pattern, &name[1..])
        }
        ['?', rest @ ..] => {
            name.first().is_some_and(|first| *first != '/') && plain_match(rest, &name[1..])
        }
        ['\\', literal, rest @ ..] => {
            name.first() == Some(literal) && plain_match(rest, &name[1..])
        }
        ['\\'] => false,
        ['[', class @ ..] => {
            let Some((ranges, negated, rest)) = plain_class(class) else { return false };
            let in_class = |first| ranges.iter().any(|(low, high)| (*low..=*high).contains(first));
            name.first().is_some_and(|first| in_class(first) != negated)
                && plain_match(rest, &name[1..])
        }
        [literal, rest @ ..] => name.first() == Some(literal) && plain_match(rest, &name[1..]),
    }
}

type Class<'p> = (Vec<(char, char)>, bool, &'p [char]);

/// `[ '^' ] { character-range } ']'`: returns the ranges, if they are negated, and the rest.
fn plain_class(class: &[char]) -> Option<Class<'_>> {
    let (negated, mut rest) = match class {
        ['^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut ranges = Vec::new();
    loop {
        let low;
        (low, rest) = plain_end(rest)?;
        let mut high = low;
        if let ['-', behind @ ..] = rest {
            (high, rest) = plain_end(behind)?;
        }
        ranges.push((low, high));
        if let [']', behind @ ..] = rest {
            return Some((ranges, negated, behind));
        }
    }
}

fn plain_end(class: &[char]) -> Option<(char, &[char])> {
    match class {
        ['\\', end, rest @ ..] => Some((*end, rest)),
        ['\\' | '-' | ']', ..] | [] => None,
        [end, rest @ ..] => Some((*end, rest)),
    }
}

fn plain_selects(patterns: &[&str], name: &str) -> bool {
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    patterns.is_empty() || patterns.iter().any(|pattern| plain_match(&chars(pattern), &chars(name)))
}

#[test]
fn the_documented_patterns_select_what_the_server_sends() {
    let deliveries = [
        (Event::User, Action::Created),
        (Event::User, Action::Deleted),
        (Event::Repo, Action::Enabled),
        (Event::Repo, Action::Disabled),
        (Event::Build, Action::Created),
        (Event::Build, Action::Updated),
    ];
    for (patterns, expected) in [
        (&[][..], [true; 6]),
        (&["*"], [true; 6]),
        (&["user"], [false; 6]),
        (&["user:*"], [true, true, false, false, false, false]),
        (&["repo:*", "build:created"], [false, false, true, true, true, false]),
        (&["*:created"], [true, false, false, false, true, false]),
        (&["[a-q]*", "repo:?nabled"], [false, false, true, false, true, true]),
        (&["build:[^c]*"], [false, false, false, false, false, true]),
        (&["build:["], [false; 6]),
        (&["User:*"], [false; 6]),
    ] {
        let selected = deliveries.map(|(event, action)| selects(patterns, event, Some(action)));
        assert_eq!(selected, expected, "{patterns:?}");
    }
}

#[test]
fn an_event_without_action_is_matched_alone() {
    assert!(selects(&["user"], Event::User, None));
    assert!(selects(&["user"], Event::User, Some(Action::Unknown(""))));
    assert!(!selects(&["user:*"], Event::User, None));
    assert!(selects(&["cron:nightly"], Event::Unknown("cron"), Some(Action::Unknown("nightly"))));
}

#[test]
fn an_earlier_star_is_not_tried_again() {
    // By its documentation, Go's `filepath.Match` should match this.
    assert!(!selects(&["[^a]*[^b]*"], Event::Unknown("/c/"), None));
}

#[test]
fn many_stars_take_no_time_to_speak_of() {
    let pattern = "*a".repeat(1_000) + "b";
    assert!(!selects(&[&pattern], Event::Unknown(&"a".repeat(10_000)), None));
}

/// Returns `prefix` with every possible end over a few characters.
fn all_texts(characters: &[char], longest: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut start = 0;
    for _ in 0..longest {
        let end = texts.len();
        for index in start..end {
            for character in characters {
                texts.push(format!("{}{character}", texts[index]));
            }
        }
        start = end;
    }
    texts
}

#[test]
fn every_short_pattern_matches_as_the_plain_matcher() {
    let names = all_texts(&['a', 'b', '/'], 2);
    for pattern in all_texts(&['a', '*', '?', '[', ']', '^', '-', '\\'], 5) {
        for name in &names {
            let selected = selects(&[&pattern], Event::Unknown(name), None);
            assert_eq!(selected, plain_selects(&[&pattern], name), "{pattern:?} {name:?}");
        }
    }
}

/// Returns a JSON string with some unnecessary escapes.
fn escaped(text: &str, escapes: &[bool]) -> String {
    let escapes = escapes.iter().copied().chain(std::iter::repeat(false));
    let inside = text.chars().zip(escapes).map(|(character, escaped)| {
        if escaped || matches!(character, '"' | '\\' | '\0'..' ') {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units).iter();
            units.map(|unit| format!("\\u{unit:04x}")).collect()
        } else {
            character.to_string()
        }
    });
    format!("\"{}\"", inside.collect::<String>())
}

#[test]
fn a_member_that_could_be_taken_for_event_or_action_is_refused_up_to_where_both_are_known() {
    for name in ["event", "Event", "EVENT", "action", "aCtion", "\\u0045vent", "\\u0065vent"] {
        for value in ["\"user\"", "null", "{}"] {
            let before = format!(r#"{{"event":"user","{name}":{value},"action":"created"}}"#);
            let first = before.contains("\"action\":\"user\"");
            assert_eq!(Delivery::read(&before).is_ok(), first, "{before}");
            let after = format!(r#"{{"event":"user","action":"created","{name}":{value}}}"#);
            let delivery = Delivery::read(&after).unwrap();
            let read = (delivery.event(), delivery.action());
            assert_eq!(read, (Some(Event::User), Some(Action::Created)), "{after}");
        }
    }
    for name in
        ["events", "even", "e\u{76}en\u{74}s", "\u{ff45}vent", "act\u{131}on", "", "event\u{0}"]
    {
        let body = format!(r#"{{"event":"user",{name:?}:1,"action":"created"}}"#)
            .replace("\\0", "\\u0000");
        assert!(Delivery::read(&body).is_ok(), "{body}");
    }
}

fn word() -> impl Strategy<Value = String> {
    let known = vec![
        "event", "action", "user", "repo", "build", "created", "updated", "deleted", "enabled",
        "disabled",
    ];
    prop_oneof![
        8 => select(known).prop_map(str::to_owned),
        1 => "[a-z]{0,8}",
        1 => any::<String>(),
    ]
}

/// Returns the text of a JSON value.
fn json() -> impl Strategy<Value = String> {
    let words = vec!["null", "true", "false", "0", "-0.5e+10", "1E9", "{}", "[]"];
    let leaf = prop_oneof![
        2 => json_string(),
        1 => select(words).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(" , "))),
            json_object(inner),
        ]
    })
}

fn json_string() -> impl Strategy<Value = String> {
    (word(), vec(prop::bool::weighted(0.2), 0..12))
        .prop_map(|(text, escapes)| escaped(&text, &escapes))
}

/// Returns an object with distinct keys.
fn json_object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let members = btree_map(word(), (vec(prop::bool::weighted(0.1), 0..12), value), 0..6);
    (members.prop_map(Vec::from_iter).prop_shuffle(), "[ \n\r\t]{0,2}").prop_map(
        |(members, space)| {
            let members = members.iter().map(|(name, (escapes, value))| {
                format!("{space}{}{space}:{value}{space}", escaped(name, escapes))
            });
            format!("{space}{{{}}}{space}", members.collect::<Vec<_>>().join(","))
        },
    )
}

/// Returns a body like Drone's, among other members.
fn body() -> impl Strategy<Value = String> {
    let member = |name: &'static str| {
        prop::option::weighted(0.9, prop_oneof![9 => json_string(), 1 => json()])
            .prop_map(move |value| value.map(|value| format!("\"{name}\":{value}")))
    };
    let others = vec(("[b-d][a-z]{0,2}", json()), 0..4).prop_map(|members| {
        let member = |(index, (name, value))| Some(format!("\"{name}{index}\" : {value}"));
        members.into_iter().enumerate().map(member).collect::<Vec<_>>()
    });
    let members =
        (member("event"), member("action"), others).prop_map(|(event, action, others)| {
            others.into_iter().chain([event, action]).flatten().collect::<Vec<_>>()
        });
    let members = members.prop_shuffle().prop_map(|members| format!("{{{}}}", members.join(",")));
    prop_oneof![4 => members, 1 => json_object(json())]
}

/// Resolves the escapes of an unknown word.
fn resolved(raw: &str) -> String {
    serde_json::from_str(&format!("\"{raw}\"")).expect("it was a JSON string")
}

fn read_words(body: &[u8]) -> Result<[Option<String>; 2], Error> {
    let delivery = Delivery::read(body)?;
    let event = delivery.event().map(|event| match event {
        Event::Unknown(raw) => resolved(raw),
        known => known.as_str().to_owned(),
    });
    let action = delivery.action().map(|action| match action {
        Action::Unknown(raw) => resolved(raw),
        known => known.as_str().to_owned(),
    });
    Ok([event, action])
}

fn plain_words(value: &Value) -> Result<[Option<String>; 2], Error> {
    let object = value.as_object().ok_or(Error::MalformedBody)?;
    let word = |name| match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::MalformedBody),
    };
    Ok([word("event")?, word("action")?])
}

/// Returns true if no object of `text` repeats a name; otherwise `value` would have fewer colons.
fn has_no_repeated_name(value: &Value, text: &[u8]) -> bool {
    let colons = |text: &[u8]| text.iter().filter(|byte| **byte == b':').count();
    colons(value.to_string().as_bytes()) == colons(text)
}

proptest! {
    #![proptest_config(crate::common::cases(1024))]

    #[test]
    fn patterns_match_as_the_plain_matcher(
        patterns in vec("[a-c*?/:\\[\\]^\\\\-]{0,8}|(\\[\\^?[a-c]-?[a-c]?\\]|[*?a-c]){0,5}", 0..3),
        event in "[a-c/]{0,6}",
        action in prop::option::of("[a-c]{0,4}"),
    ) {
        let patterns: Vec<_> = patterns.iter().map(String::as_str).collect();
        // The server's matcher never returns to an earlier star, as trying everything does. It
        // matters only for a class that matches a slash, which a star does not.
        let class = patterns.iter().any(|pattern| pattern.contains('['));
        let event = if class { event.replace('/', "") } else { event };
        let name = match action.as_deref() {
            None | Some("") => event.clone(),
            Some(action) => format!("{event}:{action}"),
        };
        let action = action.as_deref().map(Action::Unknown);
        let selected = selects(&patterns, Event::Unknown(&event), action);
        prop_assert_eq!(selected, plain_selects(&patterns, &name));
    }

    #[test]
    fn bodies_are_read_as_serde_json_reads_them(body in body()) {
        let value: Value = serde_json::from_str(&body).unwrap();
        prop_assert_eq!(read_words(body.as_bytes()), plain_words(&value));
    }

    #[test]
    fn known_words_are_known_in_any_form(
        event in select(vec![Event::User, Event::Repo, Event::Build]),
        escapes in vec(any::<bool>(), 5),
    ) {
        let body = format!(r#"{{"event":{}}}"#, escaped(event.as_str(), &escapes));
        prop_assert_eq!(Delivery::read(&body)?.event(), Some(event));
    }

    #[test]
    fn what_is_still_json_after_a_change_is_read_as_serde_json_reads_it(
        body in body(),
        edits in vec((any::<Index>(), select(b"{}[]\",:\\ue0- \x00\xff".to_vec())), 1..3),
    ) {
        let mut body = body.into_bytes();
        for (index, byte) in edits {
            let at = index.index(body.len());
            body[at] = byte;
        }
        if let Ok(value) = serde_json::from_slice::<Value>(&body)
            && has_no_repeated_name(&value, &body)
        {
            prop_assert_eq!(read_words(&body), plain_words(&value));
        }
    }

    #[test]
    fn a_body_cut_anywhere_is_refused_or_reads_the_same(body in body(), cut in any::<Index>()) {
        let cut = &body.as_bytes()[..cut.index(body.len())];
        if let Ok(words) = read_words(cut) {
            prop_assert_eq!(Ok(words), read_words(body.as_bytes()));
        }
    }
}
