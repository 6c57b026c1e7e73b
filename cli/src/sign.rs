//! `hooksig sign`: the header fields that Drone would send with a body.

use std::path::Path;

use anyhow::Context;
use http::Uri;

use crate::{
    Outcome, clock,
    extension::Extension,
    input::Input,
    outgoing::{self, Destination, Endpoint, Field, Form, USER_AGENT},
    secrets::SecretArgs,
    terminal,
};

/// Sign a body as a Drone server does
///
/// Prints the header fields that go with the body, one per line; with --http the whole request,
/// with --curl a command that sends it. Exactly one secret is needed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The body, signed byte for byte; `-` is standard input
    #[arg(value_name = "BODY_FILE", default_value = "-", hide_default_value = true)]
    input: Input,

    /// The value of X-Drone-Event: user, repo, build or another
    ///
    /// Defaults to the event of the body; if the body has none, the field is left out. An event
    /// that contradicts the body is an error, because a receiver would refuse it.
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,

    /// Sign a request to this kind of extension instead of a webhook
    ///
    /// It has no X-Drone-Event. Drone signs Accept, Accept-Encoding and Content-Type in it, too.
    #[arg(long, value_name = "KIND", conflicts_with = "event")]
    extension: Option<Extension>,

    /// Sign at this time instead of the current one: Unix seconds, an HTTP-date or RFC 3339
    #[arg(short, long, value_name = "TIME", allow_negative_numbers = true, value_parser = clock::parse_fixed)]
    now: Option<i64>,

    /// Print the whole raw request, as Drone sends it
    #[arg(long, group = "request", conflicts_with = "json")]
    http: bool,

    /// Print a curl command that sends the request
    ///
    /// The command reads the body from BODY_FILE, or from its standard input if BODY_FILE is `-`.
    #[arg(long, group = "request", conflicts_with = "json")]
    curl: bool,

    /// The URL that --http and --curl send to
    #[arg(long, value_name = "URL", default_value = "http://localhost/", requires = "request")]
    url: String,

    /// Print the header fields as one JSON object on one line
    #[arg(short, long)]
    json: bool,

    #[command(flatten)]
    secrets: SecretArgs,
}

const EXAMPLES: &str = "\
Examples:
  hooksig sign --secret-file drone.secret body.json
  hooksig sign --secret-file drone.secret --http body.json > delivery.http
  hooksig sign --secret-file config.secret --extension config body.json
  hooksig sign -s drone.secret --curl --url :3000/hook body.json | sh

Exit codes:
  0  done
  2  usage error, no secret or several, or a body that cannot be read";

pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    let destination: Destination = args.url.parse().context("--url")?;
    let endpoint = Endpoint::of(&destination.url).context("--url")?;
    let now = clock::now(args.now)?;
    let key = args.secrets.key()?;

    let body = args.input.read()?;
    let form = match args.extension {
        Some(extension) => Form::Extension(extension),
        None => Form::Webhook(outgoing::event(args.event, "--event", &body)?),
    };
    let fields = form.fields(&key, &body, now);
    let mut fields = fields.with_context(|| format!("--now {now}"))?;
    if matches!(form, Form::Webhook(None)) {
        terminal::tell(format_args!(
            "note: the body has no event, so X-Drone-Event is left out; --event adds it"
        ));
    }
    fields.extend(destination.authorization.map(|value| ("Authorization", value)));
    terminal::print(if args.http {
        outgoing::add_encoding(&mut fields);
        request(&endpoint, &fields, &body)
    } else if args.curl {
        curl_command(&destination.url, &fields, &args.input)
    } else if args.json {
        let object: serde_json::Map<_, _> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        terminal::json(&object)?.into_bytes()
    } else {
        field_lines(&fields, "\n").into_bytes()
    })?;
    Ok(Outcome::Success)
}

fn field_lines(fields: &[Field], line_end: &str) -> String {
    fields.iter().map(|(name, value)| format!("{name}: {value}{line_end}")).collect()
}

/// Returns the whole request.
fn request(endpoint: &Endpoint, fields: &[Field], body: &[u8]) -> Vec<u8> {
    let Endpoint { host, target } = endpoint;
    let fields = field_lines(fields, "\r\n");
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n{fields}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Returns a command for a POSIX shell; as bytes, because a file name may not be UTF-8.
fn curl_command(url: &Uri, fields: &[Field], body: &Input) -> Vec<u8> {
    let mut command = b"curl --globoff".to_vec();
    // curl adds Content-Length itself.
    for (name, value) in fields.iter().filter(|(name, _)| *name != "Content-Length") {
        command.extend(b" \\\n  --header ");
        command.extend(quote(format!("{name}: {value}").as_bytes()));
    }
    let path = match body {
        Input::Stdin => Path::new("-"),
        Input::File(path) => path,
    };
    command.extend(b" \\\n  --data-binary ");
    command.extend(quote(&[b"@", path.as_os_str().as_encoded_bytes()].concat()));
    command.extend(b" \\\n  ");
    command.extend(quote(url.to_string().as_bytes()));
    command.push(b'\n');
    command
}

/// Quotes `word` for a shell, in single quotes.
fn quote(word: &[u8]) -> Vec<u8> {
    let pieces: Vec<_> = word.split(|&byte| byte == b'\'').collect();
    [b"'", pieces.join(br"'\''".as_slice()).as_slice(), b"'"].concat()
}
