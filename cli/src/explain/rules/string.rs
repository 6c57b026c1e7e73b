//! The signing string, line by line, and its MAC.

use hooksig::{Error, HeaderList, Name, signing_string};

use super::{Line, Rule, prose};
use crate::{explain::Case, terminal::visible};

pub(super) fn examine(case: &Case<'_>) -> Rule {
    let Ok(names) = case.covered() else {
        return Rule::skipped("string", "there is no list of headers to make it of");
    };
    match case.signing_string() {
        Ok(string) => {
            let mut found = vec![prose(format!("{} bytes are signed:", string.len()))];
            found.extend(lines(case, &names));
            Rule::judged("string", case, Ok(()), found)
        }
        Err(
            error @ (Error::MissingHeader { .. } | Error::ControlByte { .. } | Error::HostMismatch),
        ) => Rule::judged("string", case, Err(error), lines(case, &names)),
        Err(_) => Rule::skipped("string", "the list of headers is not one"),
    }
}

fn lines(case: &Case<'_>, names: &HeaderList<'_>) -> Vec<Line> {
    names.iter().flat_map(|name| line(case, name)).collect()
}

/// The line of one name, or why there is none, and a word on a field that came more than once.
fn line(case: &Case<'_>, name: Name<'_>) -> Vec<Line> {
    let name: Vec<u8> = name.lower().collect();
    let mut room = vec![0; 256];
    let mut string = signing_string(&case.message.request(), &[&name], &mut room);
    if let Err(Error::BufferTooSmall { needed }) = string {
        room = vec![0; needed];
        string = signing_string(&case.message.request(), &[&name], &mut room);
    }
    let shown = visible(&name);
    let line = match string {
        Ok(string) => Line::Raw(format!("| {}", visible(string))),
        Err(Error::MissingHeader { .. }) => prose(format!("! {shown} is not in the request")),
        Err(error) => prose(format!("! {shown}: {}", error.text())),
    };
    let count = str::from_utf8(&name).map_or(0, |name| case.message.values(name).count());
    let joined = (count > 1)
        .then(|| prose(format!("  {shown} came {count} times; the values are joined by a comma")));
    [line].into_iter().chain(joined).collect()
}

pub(super) fn examine_mac(case: &Case<'_>) -> Rule {
    if case.signing_string().is_err() {
        return Rule::skipped("mac", "there is no signing string to make it of");
    }
    let count = case.secrets.len();
    let (result, found) = match (case.signer(), count) {
        (Some(index), _) => {
            (Ok(()), format!("secret {} of {count} makes this signature", index + 1))
        }
        (None, 1) => (Err(Error::SignatureMismatch), "the secret makes another signature".into()),
        (None, _) => {
            (Err(Error::SignatureMismatch), format!("all {count} secrets make other signatures"))
        }
    };
    Rule::judged("mac", case, result, [prose(found)])
}
