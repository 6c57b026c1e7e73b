//! `hooksig verify`: the verdict on a raw request.

use anyhow::{Context, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use hooksig::{
    Clock, DEFAULT_MAX_SKEW, Error, HeaderList, Policy, Request, Verified, Verifier,
    drone::Delivery,
};
use serde::Serialize;
use std::ffi::OsString;

use crate::{
    Outcome, clock,
    input::Input,
    message::Message,
    refusal::Refusal,
    secrets::SecretArgs,
    terminal::{self, escape},
};

/// Tell whether a recorded webhook is genuine, fresh and unchanged
///
/// Reads one raw HTTP/1.1 request, its body with Content-Length or in chunks, and prints one line:
/// `valid: ...`, or `invalid: REASON: ...` with a stable word as the reason.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The request; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    input: Input,

    /// Print the verdict as one JSON object on one line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    #[command(flatten)]
    policy: PolicyArgs,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Policy")]
struct PolicyArgs {
    /// Judge the Date by this time instead of the system clock's (Unix seconds)
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    now: Option<i64>,

    /// Do not judge the Date at all: a delivery of any age is valid
    #[arg(long, conflicts_with_all = ["now", "max_skew"])]
    no_clock: bool,

    /// How far the Date may lie from the clock on either side
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_MAX_SKEW)]
    max_skew: u32,

    /// A header that the signature must cover; repeat it for several
    ///
    /// These take the place of `date` and `digest`. Without `digest` the body can be exchanged,
    /// without `date` an old delivery can be sent again.
    #[arg(long, value_name = "NAME", default_values = ["date", "digest"])]
    require: Vec<String>,

    /// The keyId that the signature must have; Drone's is always hmac-key
    #[arg(long, value_name = "TEXT")]
    key_id: Option<OsString>,

    /// Take algorithm="hs2019" for HMAC-SHA-256
    #[arg(long)]
    allow_hs2019: bool,

    /// Take a signature without algorithm for HMAC-SHA-256
    #[arg(long)]
    allow_missing_algorithm: bool,
}

const EXAMPLES: &str = "\
Examples:
  hooksig verify --secret-file drone.secret delivery.http
  hooksig verify --secret-file new.secret --secret-file old.secret --json < delivery.http
  hooksig verify --secret-file drone.secret --now 1795419691 recorded.http

Exit codes:
  0  valid
  1  invalid
  2  usage error, no secret, or a request that cannot be read; nothing is on standard output";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let required = args.policy.required()?;
    let clock = args.policy.clock()?;
    // Secrets come first: without them not even the input is read.
    let keys = args.secrets.keys()?;
    let verifier = Verifier::with_policy(&keys, args.policy.policy(&required))?;

    let raw = args.input.read()?;
    let message = Message::parse(&raw).with_context(|| args.input.to_string())?;
    let verdict = match judge(&verifier, &message, clock) {
        Ok(delivery) => Verdict::valid(&delivery, &message, clock, keys.len()),
        Err(error) => {
            let max_skew = args.policy.max_skew;
            let refusal =
                Refusal { error, message: &message, required: &required, clock, max_skew };
            Verdict::invalid(error, refusal.text())
        }
    };
    terminal::print(if args.json { terminal::json(&verdict)? } else { verdict.line() })?;
    Ok(verdict.outcome())
}

impl PolicyArgs {
    fn clock(&self) -> anyhow::Result<Clock> {
        Ok(if self.no_clock { Clock::None } else { Clock::At(clock::now(self.now)?) })
    }

    fn required(&self) -> anyhow::Result<Vec<&str>> {
        match self.require.iter().find(|name| name.is_empty() || name.contains(' ')) {
            Some(name) => bail!("--require {name:?}: this is not the name of a header"),
            None => Ok(self.require.iter().map(String::as_str).collect()),
        }
    }

    fn policy<'a>(&'a self, required: &'a [&'a str]) -> Policy<'a> {
        let policy = Policy::DRONE
            .require(required)
            .max_skew(self.max_skew)
            .allow_hs2019(self.allow_hs2019)
            .allow_missing_algorithm(self.allow_missing_algorithm);
        match &self.key_id {
            Some(key_id) => policy.expect_key_id(key_id.as_encoded_bytes()),
            None => policy,
        }
    }
}

/// A request that is genuine, and what its body says.
struct Genuine<'a> {
    verified: Verified<'a>,
    /// An error where the body is not Drone's: the signature holds all the same.
    delivery: Result<Delivery<'a>, Error>,
}

fn judge<'a>(
    verifier: &Verifier<'_>,
    message: &'a Message<'_>,
    clock: Clock,
) -> Result<Genuine<'a>, Error> {
    let request = Request::new(message.method, message.target, message.fields.as_slice());
    let verified = verifier.verify(&request, &message.body, clock)?;
    let delivery = Delivery::read(&message.body);
    if let Ok(delivery) = delivery {
        delivery.check_event_field(&request)?;
    }
    Ok(Genuine { verified, delivery })
}

/// What is printed, as a line or as JSON.
#[derive(Serialize)]
struct Verdict {
    verdict: &'static str,
    reason: &'static str,
    message: String,
    #[serde(flatten)]
    details: Option<Details>,
}

/// What is known of a valid request alone.
#[derive(Serialize)]
struct Details {
    key_index: usize,
    key_id: String,
    date: Option<i64>,
    expires: Option<i64>,
    tag: String,
    covered: Vec<String>,
    event: Option<String>,
    action: Option<String>,
}

impl Verdict {
    fn valid(genuine: &Genuine<'_>, message: &Message<'_>, clock: Clock, keys: usize) -> Self {
        let Genuine { verified, delivery } = genuine;
        let text = format!(
            "{}, signed {}with secret {} of {keys}, covers {}",
            event_text(delivery, message),
            age_text(verified.date(), clock),
            verified.key_index() + 1,
            covered(verified.covered()).join(" "),
        );
        let details = Details::new(verified, &delivery.unwrap_or_default());
        Self { verdict: "valid", reason: "ok", message: text, details: Some(details) }
    }

    fn invalid(error: Error, message: String) -> Self {
        Self { verdict: "invalid", reason: error.reason(), message, details: None }
    }

    fn line(&self) -> String {
        match self.outcome() {
            Outcome::Success => format!("{}: {}\n", self.verdict, self.message),
            Outcome::Failure => format!("{}: {}: {}\n", self.verdict, self.reason, self.message),
        }
    }

    fn outcome(&self) -> Outcome {
        if self.details.is_some() { Outcome::Success } else { Outcome::Failure }
    }
}

impl Details {
    fn new(verified: &Verified<'_>, delivery: &Delivery<'_>) -> Self {
        let key_id: Vec<u8> = verified.key_id().octets().collect();
        Self {
            key_index: verified.key_index(),
            key_id: String::from_utf8_lossy(&key_id).into_owned(),
            date: verified.date(),
            expires: verified.expires(),
            tag: BASE64_STANDARD.encode(verified.tag()),
            covered: covered(verified.covered()),
            event: delivery.event().map(|event| event.as_str().to_owned()),
            action: delivery.action().map(|action| action.as_str().to_owned()),
        }
    }
}

/// `user:created`, or why there is no event.
fn event_text(delivery: &Result<Delivery<'_>, Error>, message: &Message<'_>) -> String {
    let delivery = match delivery {
        Ok(delivery) => delivery,
        Err(error) => return format!("no event: {error}"),
    };
    let action = delivery.action().map(|action| escape(action.as_str()));
    match (delivery.event(), action) {
        (Some(event), Some(action)) => format!("{}:{action}", escape(event.as_str())),
        (Some(event), None) => format!("{} without an action", escape(event.as_str())),
        (None, _) => match message.values("x-drone-event").next() {
            Some(field) => format!(
                "no event: the body has none (X-Drone-Event, which is not signed, says {})",
                escape(field)
            ),
            None => "no event: the body has none".into(),
        },
    }
}

/// `1 s ago `, with nothing where there is no clock to tell it by.
fn age_text(date: Option<i64>, clock: Clock) -> String {
    match (date, clock) {
        (Some(date), Clock::At(now)) if date > now => {
            format!("{} s ahead of the clock ", date.abs_diff(now))
        }
        (Some(date), Clock::At(now)) => format!("{} s ago ", now.abs_diff(date)),
        _ => "at a time that was not judged ".into(),
    }
}

fn covered(names: HeaderList<'_>) -> Vec<String> {
    names.iter().map(|name| escape(name.lower().collect::<Vec<_>>())).collect()
}
