//! Bodies as a current Drone server makes them, about a repository that does not exist.

use anyhow::Context;
use hooksig::drone::{Action, Event};
use serde::Serialize;

use crate::json;

/// What a delivery is about.
pub(super) type Kind = (Event<'static>, Action<'static>);

/// All that a server sends, and `user:updated`, which it defines.
pub(super) const KINDS: [Kind; 8] = [
    (Event::User, Action::Created),
    (Event::User, Action::Updated),
    (Event::User, Action::Deleted),
    (Event::Repo, Action::Enabled),
    (Event::Repo, Action::Disabled),
    (Event::Repo, Action::Deleted),
    (Event::Build, Action::Created),
    (Event::Build, Action::Updated),
];

/// Numbers that no earlier run has used, so that a delivery is never the same as one of the same
/// second.
pub(super) struct Serial(u32);

impl Serial {
    pub(super) fn new() -> anyhow::Result<Self> {
        let random =
            getrandom::u32().map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        Ok(Self(random))
    }

    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

/// The body of a delivery that is sent at `now`, to the letter as Go would write it.
pub(super) fn body((event, action): Kind, serial: u32, now: i64) -> anyhow::Result<Vec<u8>> {
    let stage = Moment { serial, now };
    let build = (event == Event::Build).then(|| stage.build(action));
    let delivery = Delivery {
        event: event.as_str(),
        action: action.as_str(),
        // A build's user is the one who started it, and is gone once it is worked on.
        user: (build.is_none() || action == Action::Created).then(|| stage.user(action)),
        repo: (event != Event::User).then(|| stage.repo(action)),
        build,
        system: SYSTEM,
    };
    let text = serde_json::to_vec(&delivery).context("JSON")?;
    let tokens = json::tokens(&text).context("JSON")?;
    Ok(json::write(&tokens, json::Style::DRONE))
}

#[derive(Serialize)]
struct Delivery {
    event: &'static str,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repo: Option<Repo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<Build>,
    system: System,
}

#[derive(Serialize)]
struct User {
    id: u32,
    login: &'static str,
    email: &'static str,
    machine: bool,
    admin: bool,
    active: bool,
    avatar: &'static str,
    syncing: bool,
    synced: i64,
    created: i64,
    updated: i64,
    last_login: i64,
}

#[derive(Serialize)]
struct Repo {
    id: u32,
    uid: String,
    user_id: u32,
    namespace: &'static str,
    name: &'static str,
    slug: &'static str,
    scm: &'static str,
    git_http_url: &'static str,
    git_ssh_url: &'static str,
    link: &'static str,
    default_branch: &'static str,
    private: bool,
    visibility: &'static str,
    active: bool,
    config_path: &'static str,
    trusted: bool,
    protected: bool,
    ignore_forks: bool,
    ignore_pull_requests: bool,
    auto_cancel_pull_requests: bool,
    auto_cancel_pushes: bool,
    auto_cancel_running: bool,
    timeout: u32,
    counter: u32,
    synced: i64,
    created: i64,
    updated: i64,
    version: u32,
    archived: bool,
}

#[derive(Serialize)]
struct Build {
    id: u32,
    repo_id: u32,
    trigger: &'static str,
    number: u32,
    status: &'static str,
    event: &'static str,
    action: &'static str,
    link: &'static str,
    timestamp: i64,
    message: &'static str,
    before: String,
    after: String,
    #[serde(rename = "ref")]
    reference: &'static str,
    source_repo: &'static str,
    source: &'static str,
    target: &'static str,
    author_login: &'static str,
    author_name: &'static str,
    author_email: &'static str,
    author_avatar: &'static str,
    sender: &'static str,
    started: i64,
    finished: i64,
    created: i64,
    updated: i64,
    version: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stages: Vec<Stage>,
}

#[derive(Serialize)]
struct Stage {
    id: u32,
    repo_id: u32,
    build_id: u32,
    number: u32,
    name: &'static str,
    kind: &'static str,
    #[serde(rename = "type")]
    runner: &'static str,
    status: &'static str,
    errignore: bool,
    exit_code: u32,
    machine: &'static str,
    os: &'static str,
    arch: &'static str,
    started: i64,
    stopped: i64,
    created: i64,
    updated: i64,
    version: u32,
    on_success: bool,
    on_failure: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    depends_on: &'static [&'static str],
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    id: u32,
    step_id: u32,
    number: u32,
    name: &'static str,
    status: &'static str,
    exit_code: u32,
    started: i64,
    stopped: i64,
    version: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    depends_on: &'static [&'static str],
    image: &'static str,
}

#[derive(Serialize)]
struct System {
    proto: &'static str,
    host: &'static str,
    link: &'static str,
    version: &'static str,
}

const SYSTEM: System = System {
    proto: "https",
    host: "drone.example.org",
    link: "https://drone.example.org",
    version: "2.26.0",
};

const USER_ID: u32 = 7;
const REPO_ID: u32 = 42;

/// The time and the number from which a sample is made.
#[derive(Clone, Copy)]
struct Moment {
    serial: u32,
    now: i64,
}

impl Moment {
    fn user(self, action: Action<'_>) -> User {
        let created = if action == Action::Created { self.now } else { self.now - 86_400 };
        User {
            id: self.serial,
            login: "ada",
            email: "ada@example.org",
            machine: false,
            admin: false,
            active: true,
            avatar: "https://git.example.org/avatars/ada",
            syncing: false,
            synced: created,
            created,
            updated: self.now,
            last_login: created,
        }
    }

    fn repo(self, action: Action<'_>) -> Repo {
        Repo {
            id: REPO_ID,
            uid: self.serial.to_string(),
            user_id: USER_ID,
            namespace: "ada",
            name: "lighthouse",
            slug: "ada/lighthouse",
            scm: "git",
            git_http_url: "https://git.example.org/ada/lighthouse.git",
            git_ssh_url: "git@git.example.org:ada/lighthouse.git",
            link: "https://git.example.org/ada/lighthouse",
            default_branch: "main",
            private: false,
            visibility: "public",
            active: !matches!(action, Action::Disabled | Action::Deleted),
            config_path: ".drone.yml",
            trusted: false,
            protected: false,
            ignore_forks: false,
            ignore_pull_requests: false,
            auto_cancel_pull_requests: false,
            auto_cancel_pushes: false,
            auto_cancel_running: false,
            timeout: 60,
            counter: self.number(),
            synced: self.now - 3600,
            created: self.now - 86_400,
            updated: self.now,
            version: 3,
            archived: false,
        }
    }

    /// One that waits when it is created, and is done when it is updated.
    fn build(self, action: Action<'_>) -> Build {
        let done = action == Action::Updated;
        Build {
            id: self.serial,
            repo_id: REPO_ID,
            trigger: "@hook",
            number: self.number(),
            status: if done { "success" } else { "pending" },
            event: "push",
            action: "",
            link: "https://git.example.org/ada/lighthouse/compare/0a1b2c3d4e5f...f5e4d3c2b1a0",
            timestamp: self.now - 90,
            // What Go escapes, and what not every program writes as it is.
            message: "Fresnel lens: <glass> & brass\n\n12 % brighter at 20 km — “vérifié”",
            before: self.commit(0),
            after: self.commit(1),
            reference: "refs/heads/main",
            source_repo: "",
            source: "main",
            target: "main",
            author_login: "ada",
            author_name: "Ada Leuchtfeuer",
            author_email: "ada@example.org",
            author_avatar: "https://git.example.org/avatars/ada",
            sender: "ada",
            started: if done { self.now - 80 } else { 0 },
            finished: if done { self.now } else { 0 },
            created: self.now - 85,
            updated: self.now,
            version: if done { 4 } else { 1 },
            stages: if done {
                vec![self.stage(1, "test", &[]), self.stage(2, "publish", &["test"])]
            } else {
                vec![]
            },
        }
    }

    fn stage(self, number: u32, name: &'static str, depends_on: &'static [&'static str]) -> Stage {
        let id = self.serial.wrapping_add(number);
        Stage {
            id,
            repo_id: REPO_ID,
            build_id: self.serial,
            number,
            name,
            kind: "pipeline",
            runner: "docker",
            status: "success",
            errignore: false,
            exit_code: 0,
            machine: "runner-1",
            os: "linux",
            arch: "amd64",
            started: self.now - 80,
            stopped: self.now - 1,
            created: self.now - 85,
            updated: self.now,
            version: 4,
            on_success: true,
            on_failure: false,
            depends_on,
            steps: vec![
                self.step(id, 1, "clone", "drone/git:latest", &[]),
                self.step(id, 2, name, "golang:1.26", &["clone"]),
            ],
        }
    }

    fn step(
        self,
        stage: u32,
        number: u32,
        name: &'static str,
        image: &'static str,
        depends_on: &'static [&'static str],
    ) -> Step {
        Step {
            id: stage.wrapping_add(number),
            step_id: stage,
            number,
            name,
            status: "success",
            exit_code: 0,
            started: self.now - 80,
            stopped: self.now - 1,
            version: 4,
            depends_on,
            image,
        }
    }

    /// The number of a build: small, as they are.
    fn number(self) -> u32 {
        self.serial % 1000 + 1
    }

    /// A commit's hash, which differs from build to build.
    fn commit(self, offset: u32) -> String {
        format!("{:08x}", self.serial.wrapping_add(offset)).repeat(5)
    }
}
