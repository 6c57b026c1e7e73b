//! Summarises a verified body in one line: who, which repository, which build.

use hooksig::payload::{Build, Payload};

use crate::terminal::{cut, visible};

/// Returns the line, or `None` if the body is not Drone's.
pub(super) fn of(body: &[u8]) -> Option<String> {
    let Payload { user, repo, build, .. } = serde_json::from_slice(body).ok()?;
    let login = user.and_then(|user| user.login);
    let slug = repo.and_then(|repo| repo.slug);
    let line = match (build, slug, login) {
        (Some(build), slug, login) => {
            format!("{} {}", slug.unwrap_or_else(|| "?".into()), of_build(build, login))
        }
        (None, Some(slug), Some(login)) => format!("{slug}, by {login}"),
        (None, Some(name), None) | (None, None, Some(name)) => name,
        (None, None, None) => return None,
    };
    Some(cut(visible(line)))
}

/// Formats `#9 success, push to main by ada`.
fn of_build(build: Build, login: Option<String>) -> String {
    let number = build.number.map_or_else(|| "#?".into(), |number| format!("#{number}"));
    let status = build.status.unwrap_or_else(|| "of no status".into());
    let what = build.event.map(|event| format!(", {event}"));
    let target = build.target.map(|target| format!(" to {target}"));
    let who = build.sender.or(build.author_login).or(login).map(|who| format!(" by {who}"));
    let rest: String = [what, target, who].into_iter().flatten().collect();
    format!("{number} {status}{rest}")
}
