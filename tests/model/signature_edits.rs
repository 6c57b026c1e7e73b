//! Edits of the spelling of a signature. Each goes to the edge of a rule, on either side.

use crate::{
    dice::Dice,
    draft::{Draft, Param, quoted},
    edits::Edit,
    rules::Message,
};

/// Edits of the spelling of parameters.
pub(crate) const PARAMS: &[Edit<Draft>] = &[
    name_case,
    blank_equals,
    commas,
    forms,
    forms,
    shuffle,
    drop_param,
    repeat_param,
    unknown,
    unknown_twice,
    spoil_param,
    empty_param,
];

/// Edits of the fields that are, or might be, a signature.
pub(crate) const FIELDS: &[Edit<Message>] =
    &[scheme, scheme, credentials, second, signature_input, spoil_signature, outer_space];

/// Returns a random parameter; there may be none.
fn param<'a>(params: &'a mut [Param], dice: &mut Dice) -> Option<&'a mut Param> {
    let at = dice.below(params.len().max(1));
    params.get_mut(at)
}

fn name_case(draft: &mut Draft, dice: &mut Dice) {
    draft.params.iter_mut().for_each(|param| dice.change_case(&mut param.name));
}

fn blank_equals(draft: &mut Draft, dice: &mut Dice) {
    for param in &mut draft.params {
        param.equals = [dice.white_space(), b"=".into(), dice.white_space()].concat();
    }
}

fn commas(draft: &mut Draft, dice: &mut Dice) {
    for param in &mut draft.params {
        let comma = dice.text(&[",", ",", ",,", ", ,", ",\t, ,", ",", ",", ";", "", " "]);
        // Rarely something other than a comma.
        let comma = if comma.contains(&b',') || dice.one_in(8) { comma } else { b",".into() };
        param.comma = [dice.white_space(), comma, dice.white_space()].concat();
    }
}

/// Writes values as tokens or with backslashes, allowed or not.
fn forms(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    let Some(param) = param(params, dice) else { return };
    let inner = param.value.get(1..param.value.len().saturating_sub(1)).unwrap_or_default();
    param.value = match dice.below(4) {
        0 => inner.into(),
        1 => [b"'", inner, b"'"].concat(),
        _ => {
            let escape = |byte: &u8| if dice.one_in(3) { vec![b'\\', *byte] } else { vec![*byte] };
            quoted(&inner.iter().flat_map(escape).collect::<Vec<_>>())
        }
    };
}

fn shuffle(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    for index in 0..params.len() {
        params.swap(index, dice.below(index + 1));
    }
}

fn drop_param(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    if !params.is_empty() {
        params.remove(dice.below(params.len()));
    }
}

fn empty_param(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    let value = dice.text(&["\"\"", "", "\"", "\"\\\"", "\"\\"]);
    if let Some(param) = param(params, dice) {
        param.value = value;
    }
}

fn repeat_param(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    let Some(mut again) = param(params, dice).cloned() else { return };
    dice.change_case(&mut again.name);
    if dice.one_in(2) {
        again.value = dice.text(&["\"\"", "x", "\"date\""]);
    }
    params.insert(dice.below(params.len() + 1), again);
}

fn unknown(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    let name = dice.pick(&["created", "key", "keyIdx", "ext", "~", "head", "signatur", "a b", ""]);
    let value = dice.text(&[
        "1",
        "\"\"",
        "\"headers=\\\"\\\"\"",
        "\"a,keyId=b\"",
        "\"\u{e9}\t\"",
        "\"",
        "",
        "a/b",
        "\"\u{1}\"",
    ]);
    params.insert(dice.below(params.len() + 1), Param::new(name, value));
}

/// Adds an unknown parameter twice, with some others between or before.
fn unknown_twice(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    let count = 1 + dice.below(11);
    let mut names: Vec<_> = (0..count).map(|index| format!("u{index}")).collect();
    names.push(names[dice.below(count)].to_ascii_uppercase());
    for name in names.iter().rev() {
        let at = if dice.one_in(8) { dice.below(params.len() + 1) } else { 0 };
        params.insert(at, Param::new(name, b"1".into()));
    }
}

fn spoil_param(draft: &mut Draft, dice: &mut Dice) {
    let params = &mut draft.params;
    let kind = dice.below(4);
    let Some(param) = param(params, dice) else { return };
    dice.spoil(match kind {
        0 => &mut param.name,
        1 => &mut param.equals,
        2 => &mut param.comma,
        _ => &mut param.value,
    });
}

/// Returns the field with the signature.
fn signature_field(message: &mut Message) -> Option<&mut (Vec<u8>, Vec<u8>)> {
    let mut fields = message.headers.iter_mut();
    fields.find(|(name, _)| name == b"Signature" || name == b"Authorization")
}

/// Moves the signature into Authorization, with a scheme that may be right.
fn scheme(message: &mut Message, dice: &mut Dice) {
    let scheme = dice.text(&[
        "Signature ",
        "signature ",
        "SIGNATURE  ",
        " Signature ",
        "Signature \t",
        "Signature\t",
        "Signature",
        "Signature,",
        "Signature ,",
        "Signatures ",
        "Basic ",
        "Signature  , ",
        "",
    ]);
    let Some((name, value)) = signature_field(message) else { return };
    let params = value.strip_prefix(b"Signature ").unwrap_or(value);
    let alone = dice.one_in(8);
    *value = if alone { scheme } else { [scheme.as_slice(), params].concat() };
    *name = b"Authorization".into();
    dice.change_case(name);
}

fn credentials(message: &mut Message, dice: &mut Dice) {
    let value =
        dice.text(&["Basic b2N0b2NhdA==", "Bearer a", "", "Signature", "signature x", " ", "x"]);
    let at = dice.below(message.headers.len() + 1);
    message.headers.insert(at, (b"Authorization".into(), value));
}

/// Adds a second signature, in the same field or the other one.
fn second(message: &mut Message, dice: &mut Dice) {
    let Some((_, value)) = signature_field(message) else { return };
    let value = dice.pick(&[value.as_slice(), b"", b"Signature "]).to_vec();
    let name = dice.text(&["Signature", "signature", "Authorization", "X-Signature", "Signature "]);
    let at = dice.below(message.headers.len() + 1);
    message.headers.insert(at, (name, value));
}

/// Adds RFC 9421 fields, or similar ones.
fn signature_input(message: &mut Message, dice: &mut Dice) {
    message.headers.push((b"signature-input".into(), b"sig1=(\"date\")".into()));
    if let Some((_, value)) = signature_field(message)
        && dice.one_in(2)
    {
        *value = b"sig1=:P8779Cd0fdnp4k29alT+tPWSdsKQEXheQAYZqobl8Lo=:".into();
    }
}

fn spoil_signature(message: &mut Message, dice: &mut Dice) {
    let Some((_, value)) = signature_field(message) else { return };
    match dice.below(4) {
        0 => value.truncate(dice.below(value.len() + 1)),
        1 => value.extend(dice.pick(&[b" junk".as_slice(), b",", b" ,", b"\"", b",a", b"\t"])),
        _ => dice.spoil(value),
    }
}

fn outer_space(message: &mut Message, dice: &mut Dice) {
    let Some((_, value)) = signature_field(message) else { return };
    *value = [&dice.white_space(), value.as_slice(), &dice.white_space()].concat();
}
