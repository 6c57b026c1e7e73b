//! `hooksig trigger`: sends deliveries as a Drone server would.

use std::{
    num::{NonZeroU16, NonZeroUsize},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use hooksig::Key;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    Outcome,
    client::{self, Client},
    clock,
    input::Input,
    outgoing::Form,
    sample::{self, Kind, PatternParser, Serial, Setting},
    secrets::SecretArgs,
    terminal,
};

use self::{
    attempt::{Attempt, Tally},
    parcel::Parcel,
    tamper::{Tamper, Tampering},
};

mod attempt;
mod examination;
mod parcel;
mod tamper;

/// Send signed sample deliveries to a receiver, as a Drone server would
///
/// Each delivery has a different body, so none is a replay of another. Prints one line per delivery
/// with the receiver's answer and its latency. `--tamper all` tests any receiver. Exactly one
/// secret is needed.
#[derive(clap::Args)]
#[command(
    after_help = EXAMPLES,
    override_usage = "hooksig trigger [OPTIONS] [EVENT:ACTION] <URL>"
)]
pub(crate) struct Args {
    /// The event and its action, or a pattern such as 'build:*' [default: every event]
    ///
    /// Patterns are those of DRONE_WEBHOOK_EVENTS: '*' is every event. Only a pattern that begins
    /// with `extension:` selects Drone's requests to extensions, such as `extension:config`.
    #[arg(value_name = "EVENT:ACTION", value_parser = PatternParser)]
    pattern: String,

    /// The receiver; `http://` and `localhost` are optional, and `user:password@` is sent as Drone
    /// sends it
    #[arg(value_name = "URL")]
    url: Option<String>,

    /// Send the content of FILE byte for byte instead of a sample; `-` is standard input
    ///
    /// X-Drone-Event is then the event of the body, or that of EVENT:ACTION if the body has none.
    /// Sending the same body twice in one second is a replay, which a receiver refuses.
    #[arg(short, long, value_name = "FILE", conflicts_with = "set")]
    body: Option<Input>,

    /// Set a member of each body, such as repo.slug=me/mine
    #[arg(long, value_name = "MEMBER=VALUE")]
    set: Vec<Setting>,

    /// Number of deliveries; the matching events take turns [default: one of each]
    #[arg(short, long, value_name = "N")]
    count: Option<NonZeroUsize>,

    /// Maximum number of deliveries per second [default: each as soon as the last was answered]
    #[arg(short, long, value_name = "N", value_parser = parse_rate)]
    rate: Option<f64>,

    /// Seconds that the receiver may take to answer a delivery
    #[arg(long, value_name = "S", default_value_t = client::TIMEOUT)]
    timeout: NonZeroU16,

    /// Break a rule, to see that the receiver refuses the delivery
    ///
    /// `all` sends a genuine delivery, which must be accepted, then one for each rule, which must
    /// be refused, then another genuine one. Any other RULE is hooksig's word for the refusal,
    /// except the last two in the list.
    #[arg(short, long, value_name = "RULE", conflicts_with_all = ["count", "body"])]
    tamper: Option<Tampering>,

    /// Print the body of each answer below its line
    ///
    /// An extension answers with a configuration, a secret or whatever it was asked for.
    #[arg(long, conflicts_with = "tamper")]
    answer: bool,

    /// Print one JSON object per delivery, one per line
    #[arg(short, long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig trigger --secret-file drone.secret localhost:3000/hook
  hooksig trigger --secret-file drone.secret --tamper all localhost:3000/hook
  hooksig trigger -s drone.secret build:updated https://ci.example --count 100
  hooksig trigger -s drone.secret user:created :3000 --set user.login=ada
  hooksig trigger -s config.secret extension:config :3000/config --answer

Exit codes:
  0  every delivery was accepted (2xx); with --tamper, every one was refused
  1  a delivery was not accepted; with --tamper, one was not refused
  2  usage error, no secret or several, or a body that cannot be read
  3  no answer; with --tamper, also no receiver there, or a genuine
     delivery was not accepted";

pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let key = args.secrets.key()?;
    let (pattern, url) = match &args.url {
        Some(url) => (args.pattern.as_str(), url),
        None if sample::kinds(&args.pattern).is_ok() => bail!("the URL of the receiver is missing"),
        None => ("*", &args.pattern),
    };
    let destination = url.parse().context("cannot send to this URL")?;
    let bodies = Bodies::new(pattern, args.body.as_ref(), args.set)?;
    let client = Client::new(destination, args.timeout);
    let client = if args.answer { client.keeping_answers() } else { client };
    let Args { json, answer, .. } = args;
    let sender = Sender { key, client, bodies, serial: Serial::new()?, json, answer };
    match args.tamper {
        Some(Tampering::All) => examination::run(sender),
        Some(Tampering::One(tamper)) if !tamper.applies_to(&sender.bodies.form(0)) => {
            bail!("--tamper {}: this rule is for webhooks only", tamper.name())
        }
        Some(Tampering::One(tamper)) => series(sender, Some(tamper), args.count, args.rate),
        None => series(sender, None, args.count, args.rate),
    }
}

/// Sends a series of deliveries and prints the totals.
fn series(
    mut sender: Sender,
    tamper: Option<Tamper>,
    count: Option<NonZeroUsize>,
    rate: Option<f64>,
) -> anyhow::Result<Outcome> {
    let count = count.map_or(sender.bodies.natural_count(), NonZeroUsize::get);
    let mut tally = Tally::default();
    let bar = progress_bar(count, rate);
    let start = Instant::now();
    for index in 0..count {
        wait_for_turn(start, index, rate);
        let attempt = sender.send(index, tamper)?.judged_alone();
        bar.suspend(|| attempt.print(sender.json))?;
        bar.inc(1);
        tally.add(&attempt);
    }
    bar.finish_and_clear();
    let outcome = tally.outcome(tamper.is_some());
    if count > 1 && !sender.json {
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

/// Makes a bar on standard error; hidden if that is no terminal or the wait is short.
fn progress_bar(count: usize, rate: Option<f64>) -> ProgressBar {
    if count < 2 || count < 50 && rate.is_none() {
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

/// The source of bodies.
enum Bodies {
    Samples(Vec<Kind>, Vec<Setting>),
    /// The user's body, and the kind of its request.
    Own(Vec<u8>, Form),
}

impl Bodies {
    fn new(pattern: &str, file: Option<&Input>, settings: Vec<Setting>) -> anyhow::Result<Self> {
        let kinds = sample::kinds(pattern)?;
        let Some(file) = file else {
            // Report an unknown member before anything is sent.
            for kind in &kinds {
                sample::write(*kind, 0, 0, &settings)?;
            }
            return Ok(Self::Samples(kinds, settings));
        };
        let body = file.read()?;
        let asked = match kinds.as_slice() {
            [Kind::Extension(extension)] => {
                return Ok(Self::Own(body, Form::Extension(*extension)));
            }
            [Kind::Extension(_), ..] => bail!("--body needs one kind of extension"),
            [Kind::Webhook(first, _), rest @ ..] => {
                let one = rest
                    .iter()
                    .all(|kind| matches!(kind, Kind::Webhook(event, _) if event == first));
                one.then(|| first.as_str().to_owned())
            }
            [] => None,
        };
        let event = crate::outgoing::event(asked, "EVENT:ACTION", &body)?;
        Ok(Self::Own(body, Form::Webhook(event)))
    }

    fn natural_count(&self) -> usize {
        match self {
            Self::Samples(kinds, _) => kinds.len(),
            Self::Own(..) => 1,
        }
    }

    /// Returns the kind of the request at `index`.
    fn form(&self, index: usize) -> Form {
        match self {
            Self::Samples(kinds, _) => match kinds[index % kinds.len()] {
                Kind::Webhook(event, _) => Form::Webhook(Some(event.as_str().to_owned())),
                Kind::Extension(extension) => Form::Extension(extension),
            },
            Self::Own(_, form) => form.clone(),
        }
    }

    /// Returns the body of the request at `index`.
    fn get(&self, index: usize, serial: u32) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Samples(kinds, settings) => {
                sample::write(kinds[index % kinds.len()], serial, clock::now(None)?, settings)
            }
            Self::Own(body, _) => Ok(body.clone()),
        }
    }
}

struct Sender {
    key: Key,
    client: Client,
    bodies: Bodies,
    serial: Serial,
    json: bool,
    answer: bool,
}

impl Sender {
    /// Signs the delivery at `index` with the current time, and sends it.
    fn send(&mut self, index: usize, tamper: Option<Tamper>) -> anyhow::Result<Attempt> {
        let body = self.bodies.get(index, self.serial.next())?;
        let (form, now) = (self.bodies.form(index), clock::now(None)?);
        let parcel = match tamper {
            Some(tamper) => tamper.parcel(&self.key, body, form, now),
            None => Parcel::new(&self.key, body, form, now),
        };
        let parcel = parcel.context("the delivery cannot be signed")?;
        let fields = parcel.header_map()?;
        let attempt = |answer| Attempt::new(&parcel, tamper, answer, self.answer);
        if tamper == Some(Tamper::Replayed) {
            // Only the answer to the second one counts.
            let first = self.client.post(fields.clone(), &parcel.body);
            if first.status.is_err() || first.status.as_ref().is_ok_and(|s| !s.is_success()) {
                return Ok(attempt(first).failed("the first of the two was not accepted"));
            }
        }
        Ok(attempt(self.client.post(fields, &parcel.body)))
    }
}
