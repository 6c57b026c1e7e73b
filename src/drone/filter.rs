//! The patterns of `DRONE_WEBHOOK_EVENTS`, which select the events that a server sends.

use core::{iter::once, str::Chars};

use super::{Action, Event};

/// Returns whether a server with these `DRONE_WEBHOOK_EVENTS` patterns sends such a delivery.
///
/// A pattern such as `user:*`, `repo:enabled` or `build:created` is matched against `event:action`, or
/// only `event` if there is no action, with the rules of Go's `filepath.Match`: `*` matches any run of
/// characters other than `/`, `?` one such character, and `[a-z]` and `[^a-z]` one of a class. `\`
/// escapes the next character. Without patterns everything is sent. A malformed pattern matches nothing.
/// Neither does `user`, because every webhook has an action; write `user:*`.
///
/// # Examples
///
/// ```
/// use hooksig::drone::{Action, Event, selects};
///
/// assert!(selects(&["user:*", "build:created"], Event::Build, Some(Action::Created)));
/// assert!(!selects(&["user:*", "build:created"], Event::Repo, Some(Action::Enabled)));
/// assert!(!selects(&["build"], Event::Build, Some(Action::Created)));
/// ```
pub fn selects(patterns: &[&str], event: Event<'_>, action: Option<Action<'_>>) -> bool {
    let action = action.map(|action| action.as_str()).filter(|action| !action.is_empty());
    let name = event
        .as_str()
        .chars()
        .chain(action.into_iter().flat_map(|action| once(':').chain(action.chars())));
    patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern.chars(), name.clone()))
}

/// Returns whether the whole `name` fits `pattern`.
///
/// A star matches nothing at first. Each time that the rest does not fit, the last star matches one
/// character more.
fn matches<N>(mut pattern: Chars<'_>, mut name: N) -> bool
where
    N: Iterator<Item = char> + Clone,
{
    let mut last_star = None;
    loop {
        if pattern.as_str().starts_with('*') {
            pattern.next();
            last_star = Some((pattern.clone(), name.clone()));
            continue;
        }
        match name.next() {
            None if pattern.as_str().is_empty() => return true,
            Some(character) if match_one(&mut pattern, character) => continue,
            _ => {}
        }
        let Some((behind, taken)) = &mut last_star else {
            return false;
        };
        match taken.next() {
            None | Some('/') => return false,
            Some(_) => (pattern, name) = (behind.clone(), taken.clone()),
        }
    }
}

/// Returns whether the pattern's next element, which is not a star, fits `character`.
fn match_one(pattern: &mut Chars<'_>, character: char) -> bool {
    match pattern.next() {
        Some('?') => character != '/',
        Some('[') => match_class(pattern, character).unwrap_or(false),
        Some('\\') => pattern.next() == Some(character),
        literal => literal == Some(character),
    }
}

/// Matches `character` with the rest of a class. Returns `None` if the class is malformed.
fn match_class(pattern: &mut Chars<'_>, character: char) -> Option<bool> {
    let negated = take(pattern, '^');
    let mut fits = false;
    let mut ranges = 0usize;
    while ranges == 0 || !take(pattern, ']') {
        let low = class_end(pattern)?;
        let high = if take(pattern, '-') { class_end(pattern)? } else { low };
        fits |= (low..=high).contains(&character);
        ranges = ranges.saturating_add(1);
    }
    Some(fits != negated)
}

/// Reads one end of a range. `-` and `]` are literal only after a backslash.
fn class_end(pattern: &mut Chars<'_>) -> Option<char> {
    match pattern.next()? {
        '-' | ']' => None,
        '\\' => pattern.next(),
        character => Some(character),
    }
}

fn take(pattern: &mut Chars<'_>, character: char) -> bool {
    let found = pattern.as_str().starts_with(character);
    if found {
        pattern.next();
    }
    found
}
