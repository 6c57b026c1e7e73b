//! `hooksig trigger`: sends deliveries as a Drone server would.

use std::{
    num::{NonZeroU16, NonZeroUsize},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use hooksig::{Key, drone};
use http::Uri;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    Outcome,
    client::{self, Client},
    clock,
    input::Input,
    secrets::SecretArgs,
    terminal,
};

use self::{
    attempt::{Attempt, Tally},
    parcel::Parcel,
    sample::{Kind, Serial},
    tamper::Tamper,
};

mod attempt;
mod parcel;
mod sample;
mod tamper;

/// Send signed sample deliveries to a receiver, as a Drone server would
///
/// The bodies are made up anew for each delivery, so that none is a replay of another. A line a
/// delivery tells what the receiver answered, and how soon. Exactly one secret is needed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Which: user:created, user:updated, user:deleted, repo:enabled, repo:disabled, repo:deleted,
    /// build:created, build:updated, or a pattern such as 'build:*'
    ///
    /// Patterns are those of DRONE_WEBHOOK_EVENTS: '*' is every event.
    #[arg(value_name = "EVENT:ACTION")]
    pattern: String,

    /// The receiver
    url: Uri,

    /// Send the content of FILE byte for byte in place of a sample; `-` is standard input
    ///
    /// X-Drone-Event is then the body's own event, or where it has none, that of EVENT:ACTION.
    /// The same body twice in one second is the same delivery, which a receiver refuses.
    #[arg(long, value_name = "FILE")]
    body: Option<Input>,

    /// How many deliveries; the events that fit take turns [default: one of each]
    #[arg(long, value_name = "N")]
    count: Option<NonZeroUsize>,

    /// How many deliveries a second at most [default: each as soon as the last was answered]
    #[arg(long, value_name = "N", value_parser = parse_rate)]
    rate: Option<f64>,

    /// How many seconds the receiver may take to answer a delivery
    #[arg(long, value_name = "S", default_value_t = client::TIMEOUT)]
    timeout: NonZeroU16,

    /// Break a rule, to see that the receiver refuses the delivery
    ///
    /// RULE is the word of the reason for which hooksig refuses it, or one of the last two.
    #[arg(long, value_name = "RULE")]
    tamper: Option<Tamper>,

    /// Print a JSON object for each delivery, on one line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig trigger --secret-file drone.secret '*' http://localhost:3000/hook
  hooksig trigger --secret-file drone.secret build:updated https://ci.example/hook --count 100
  hooksig trigger --secret-file drone.secret '*' http://localhost:3000/ --tamper digest-mismatch

Exit codes:
  0  every delivery was answered with 2xx
  1  one was not; with --tamper that is what a good receiver comes to
  2  usage error, no secret or several, or a body that cannot be read";

pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let key = args.secrets.key()?;
    let client = Client::new(args.url, args.timeout)?;
    let bodies = Bodies::new(&args.pattern, args.body.as_ref())?;
    let count = args.count.map_or(bodies.natural_count(), NonZeroUsize::get);

    let sender = Sender { key, client, tamper: args.tamper };
    let mut tally = Tally::default();
    let bar = progress_bar(count);
    let mut serial = Serial::new()?;
    let start = Instant::now();
    for index in 0..count {
        wait_for_turn(start, index, args.rate);
        let (body, event) = bodies.get(index, serial.next())?;
        let attempt = sender.send(body, event)?;
        bar.suspend(|| attempt.print(args.json))?;
        bar.inc(1);
        tally.add(&attempt);
    }
    bar.finish_and_clear();
    let outcome = tally.outcome();
    if count > 1 && !args.json {
        terminal::print(tally.line())?;
    }
    Ok(outcome)
}

fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.001..=1_000_000.0).contains(&rate) => Ok(rate),
        _ => Err("a number from 0.001 to 1000000 is needed".into()),
    }
}

/// On standard error, and on a terminal alone.
fn progress_bar(count: usize) -> ProgressBar {
    if count == 1 {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len}, {elapsed}");
    let bar = ProgressBar::new(count as u64);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn wait_for_turn(start: Instant, index: usize, rate: Option<f64>) {
    let Some(rate) = rate else { return };
    let turn = Duration::from_secs_f64(index as f64 / rate);
    thread::sleep(turn.saturating_sub(start.elapsed()));
}

/// Where the bodies come from.
enum Bodies {
    Samples(Vec<Kind>),
    /// A body of the user's, and its event.
    Own(Vec<u8>, Option<String>),
}

impl Bodies {
    fn new(pattern: &str, file: Option<&Input>) -> anyhow::Result<Self> {
        let kinds: Vec<_> = sample::KINDS
            .into_iter()
            .filter(|(event, action)| drone::selects(&[pattern], *event, Some(*action)))
            .collect();
        if kinds.is_empty() {
            bail!("{pattern:?} fits no event; --help lists them, and '*' is every one");
        }
        let Some(file) = file else { return Ok(Self::Samples(kinds)) };
        let body = file.read()?;
        let one = kinds.iter().all(|(event, _)| *event == kinds[0].0);
        let asked = one.then(|| kinds[0].0.as_str().to_owned());
        let event = crate::outgoing::event(asked, "EVENT:ACTION", &body)?;
        Ok(Self::Own(body, event))
    }

    fn natural_count(&self) -> usize {
        match self {
            Self::Samples(kinds) => kinds.len(),
            Self::Own(..) => 1,
        }
    }

    /// A body and its event.
    fn get(&self, index: usize, serial: u32) -> anyhow::Result<(Vec<u8>, Option<String>)> {
        match self {
            Self::Samples(kinds) => {
                let kind = kinds[index % kinds.len()];
                let body = sample::body(kind, serial, clock::now(None)?)?;
                Ok((body, Some(kind.0.as_str().to_owned())))
            }
            Self::Own(body, event) => Ok((body.clone(), event.clone())),
        }
    }
}

struct Sender {
    key: Key,
    client: Client,
    tamper: Option<Tamper>,
}

impl Sender {
    /// Signs now, and sends.
    fn send(&self, body: Vec<u8>, event: Option<String>) -> anyhow::Result<Attempt> {
        let now = clock::now(None)?;
        let parcel = match self.tamper {
            Some(tamper) => tamper.parcel(&self.key, body, event, now),
            None => Parcel::new(&self.key, body, event, now),
        };
        let parcel = parcel.context("the delivery cannot be signed")?;
        let fields = parcel.header_map()?;
        if self.tamper == Some(Tamper::Replayed) {
            // The answer that counts is the one to the second.
            let _ = self.client.post(fields.clone(), &parcel.body);
        }
        let answer = self.client.post(fields, &parcel.body);
        Ok(Attempt::new(&parcel.body, self.tamper, answer))
    }
}
