//! `hooksig conform`: runs conformance cases.

use std::fmt::Write;

use anyhow::{Context, anyhow};
use hooksig::{
    Clock, Error, Key, Params, Request, Signer, Verified, Verifier, date, signature_len,
    signing_string,
};
use hooksig_vectors::{Case, DateCase, SignCase, Signed, VerifyCase};

use crate::{
    Outcome,
    input::Input,
    terminal::{self, escape},
};

/// Run conformance cases
///
/// Each line of a file is a case: a request to verify or to sign, or a date to read, and the
/// expected result. Prints one line per case, `ID TAB valid|invalid TAB REASON`. The reason is
/// `ok`, the word for the broken rule, `other-bytes` if a signature differs from the expected one,
/// or `other-time` if a date is read as another time.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files of cases; `-` is standard input
    #[arg(value_name = "FILE.jsonl", required = true)]
    files: Vec<Input>,
}

const EXAMPLES: &str = "\
Example:
  hooksig conform vectors/cases/*.jsonl

Exit codes:
  0  every case has the expected result
  1  a case does not have the expected result; standard error says more
  2  usage error, or a line that cannot be read";

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Success;
    for file in &args.files {
        let cases = read(file).with_context(|| file.to_string())?;
        if run_cases(file, &cases)? == Outcome::Failure {
            outcome = Outcome::Failure;
        }
    }
    Ok(outcome)
}

fn read(file: &Input) -> anyhow::Result<Vec<Case>> {
    let bytes = file.read()?;
    let text = str::from_utf8(&bytes).map_err(|error| {
        let lines = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n');
        anyhow!("line {}: not UTF-8", lines.count() + 1)
    })?;
    Case::parse_all(text).map_err(|error| anyhow!(error))
}

fn run_cases(file: &Input, cases: &[Case]) -> anyhow::Result<Outcome> {
    let mut lines = String::new();
    let mut surprises = Vec::new();
    for case in cases {
        let (got, expected) = match case {
            Case::Verify(case) => (verify(case), Expected::of_verify(case)),
            Case::Sign(case) => (sign(case), Expected::of_sign(case)),
            Case::Date(case) => (read_date(case), Expected::of_date(case)),
        };
        let id = escape(case.id());
        let _ = writeln!(lines, "{id}\t{}\t{}", got.verdict(), got.reason());
        if !expected.fits(&got) {
            surprises.push(format!("{id}: expected {}, got {}", expected.text(), got.text()));
        }
    }
    terminal::print(lines)?;
    for surprise in &surprises {
        terminal::tell(format_args!("{file}: {surprise}"));
    }
    let total = cases.len();
    let fitting = total - surprises.len();
    terminal::tell(format_args!("{file}: {fitting} of {total} cases as expected"));
    Ok(if surprises.is_empty() { Outcome::Success } else { Outcome::Failure })
}

/// The result of a case.
enum Got {
    /// Verified with the key at this index.
    Verified(usize),
    /// Signed with the expected bytes, or with any bytes if the case expects none.
    Signed,
    /// Signed with other bytes than expected.
    OtherBytes,
    /// A date read as expected, or as any time if the case expects none.
    Read,
    /// A date read as another time than expected.
    OtherTime,
    Refused(Error),
}

impl Got {
    fn verdict(&self) -> &'static str {
        match self {
            Self::Verified(_) | Self::Signed | Self::Read => "valid",
            Self::OtherBytes | Self::OtherTime | Self::Refused(_) => "invalid",
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Verified(_) | Self::Signed | Self::Read => "ok",
            Self::OtherBytes => "other-bytes",
            Self::OtherTime => "other-time",
            Self::Refused(error) => error.reason(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Verified(index) => format!("valid with secret {index}"),
            Self::Signed => "a signature".into(),
            Self::OtherBytes => "other bytes".into(),
            Self::Read => "a date".into(),
            Self::OtherTime => "another time".into(),
            Self::Refused(error) => format!("{}: {error}", error.reason()),
        }
    }
}

/// The result that a case expects.
enum Expected {
    Verified(Option<usize>),
    Signed,
    Read,
    Refused,
}

impl Expected {
    fn of_verify(case: &VerifyCase) -> Self {
        if case.valid { Self::Verified(case.matched) } else { Self::Refused }
    }

    fn of_sign(case: &SignCase) -> Self {
        if case.signed.is_some() { Self::Signed } else { Self::Refused }
    }

    fn of_date(case: &DateCase) -> Self {
        if case.unix.is_some() { Self::Read } else { Self::Refused }
    }

    fn fits(&self, got: &Got) -> bool {
        match (self, got) {
            (Self::Verified(matched), Got::Verified(index)) => {
                matched.is_none_or(|matched| matched == *index)
            }
            (Self::Signed, Got::Signed)
            | (Self::Read, Got::Read)
            | (Self::Refused, Got::Refused(_)) => true,
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Verified(Some(index)) => format!("valid with secret {index}"),
            Self::Verified(None) => "valid".into(),
            Self::Signed => "the signature of the case".into(),
            Self::Read => "the time of the case".into(),
            Self::Refused => "a refusal".into(),
        }
    }
}

fn verify(case: &VerifyCase) -> Got {
    let verify = || {
        let keys = case.secrets.iter().map(Key::new).collect::<Result<Vec<_>, _>>()?;
        let headers = case.head.headers.as_slice();
        let request = Request::new(&case.head.method, &case.head.target, headers);
        let clock = case.now.map_or(Clock::None, Clock::At);
        let verified = Verifier::new(&keys)?.verify(&request, &case.body, clock);
        verified.as_ref().map(Verified::key_index).map_err(|error| *error)
    };
    verify().map_or_else(Got::Refused, Got::Verified)
}

fn read_date(case: &DateCase) -> Got {
    match (date::parse(&case.text, case.now), case.unix) {
        (Err(error), _) => Got::Refused(error),
        (Ok(unix), Some(expected)) if unix != expected => Got::OtherTime,
        (Ok(_), _) => Got::Read,
    }
}

fn sign(case: &SignCase) -> Got {
    match (make_signature(case), &case.signed) {
        (Err(error), _) => Got::Refused(error),
        (Ok(made), Some(expected)) if !made.is(expected) => Got::OtherBytes,
        (Ok(_), _) => Got::Signed,
    }
}

struct Made {
    signing_string: Vec<u8>,
    /// The value of the `Signature` field.
    field: Vec<u8>,
}

fn make_signature(case: &SignCase) -> Result<Made, Error> {
    let key = Key::new(&case.secret)?;
    let signer = Signer::new(&key, &case.key_id)?;
    let headers = case.head.headers.as_slice();
    let request = Request::new(&case.head.method, &case.head.target, headers);
    let names = case.list.as_slice();
    let mut field = vec![0; signature_len(&case.key_id, names)];
    signer.sign(&request, names, &mut field)?;

    let mut string = match signing_string(&request, names, &mut []) {
        Err(Error::BufferTooSmall { needed }) => vec![0; needed],
        other => other?.to_vec(),
    };
    signing_string(&request, names, &mut string)?;
    Ok(Made { signing_string: string, field })
}

impl Made {
    fn is(&self, expected: &Signed) -> bool {
        let signature = Params::parse(&self.field)
            .is_ok_and(|params| params.signature().is(&expected.signature));
        let field = expected.signature_header.as_ref();
        signature
            && self.signing_string == expected.signing_string
            && field.is_none_or(|field| self.field == field.0)
    }
}
