//! A verified body in one line: who, which repository, which build.

use serde::Deserialize;

use crate::terminal::visible;

#[derive(Deserialize)]
struct Body {
    user: Option<User>,
    repo: Option<Repo>,
    build: Option<Build>,
}

#[derive(Deserialize)]
struct User {
    login: Option<String>,
}

#[derive(Deserialize)]
struct Repo {
    slug: Option<String>,
}

#[derive(Deserialize)]
struct Build {
    number: Option<u64>,
    status: Option<String>,
    event: Option<String>,
    target: Option<String>,
    sender: Option<String>,
    author_login: Option<String>,
}

/// The line in ASCII, or `None` where the body is none of Drone's.
pub(super) fn of(body: &[u8]) -> Option<String> {
    let Body { user, repo, build } = serde_json::from_slice(body).ok()?;
    let login = user.and_then(|user| user.login);
    let slug = repo.and_then(|repo| repo.slug);
    let line = match (build, slug, login) {
        (Some(build), slug, login) => {
            format!("{} {}", slug.unwrap_or_else(|| "?".into()), build.line(login))
        }
        (None, Some(slug), Some(login)) => format!("{slug}, by {login}"),
        (None, Some(name), None) | (None, None, Some(name)) => name,
        (None, None, None) => return None,
    };
    Some(visible(line))
}

impl Build {
    /// `#9 success, push to main by ada`
    fn line(self, login: Option<String>) -> String {
        let number = self.number.map_or_else(|| "#?".into(), |number| format!("#{number}"));
        let status = self.status.unwrap_or_else(|| "of no status".into());
        let what = self.event.map(|event| format!(", {event}"));
        let target = self.target.map(|target| format!(" to {target}"));
        let who = self.sender.or(self.author_login).or(login).map(|who| format!(" by {who}"));
        let rest: String = [what, target, who].into_iter().flatten().collect();
        format!("{number} {status}{rest}")
    }
}
