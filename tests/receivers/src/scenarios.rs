//! Attacks with more than a request and its answer.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail, ensure};
use hooksig::MAX_SIGNING_STRING_LEN;
use hooksig_vectors::deliveries;

use crate::{
    client::{self, Connection},
    delivery::{Delivery, SECRET, STRING_LEN, body, long_body, mac, mac_under, now},
    receivers::{self, Kind, NONE, Receiver},
};

/// Signs the bodies of the recorded deliveries for now and sends them with their other fields.
pub(crate) fn recorded_deliveries(receiver: &Receiver) -> Result<String> {
    for (name, request) in deliveries() {
        let request = String::from_utf8(request)?;
        let (head, body) = request.split_once("\r\n\r\n").context("the head ends")?;
        let delivery = Delivery::of(body);
        let others: String = head
            .lines()
            .skip(1)
            .filter(|line| {
                !["date:", "digest:", "signature:", "content-length:", "host:", "content-type:"]
                    .iter()
                    .any(|name| line.to_lowercase().starts_with(name))
            })
            .map(|line| format!("{line}\r\n"))
            .collect();
        let answer = receiver.answer(&delivery.with(others), "204")?;
        if answer != "204" {
            return Ok(format!("{name}: {answer}"));
        }
    }
    Ok("all accepted".into())
}

/// Waits to be asked for the body.
pub(crate) fn expect_continue(receiver: &Receiver) -> Result<String> {
    let delivery = Delivery::new();
    let mut connection = Connection::open(receiver.address())?;
    connection.send(delivery.head() + "Expect: 100-continue\r\n\r\n")?;
    let asked = connection.answer()?.context("no answer")?;
    connection.send(&delivery.body)?;
    let answer = connection.answer()?.context("no second answer")?;
    Ok(format!("{asked}, {answer}"))
}

/// Starts another receiver with an unusable secret, and sends a delivery signed with it.
pub(crate) fn start(receiver: &Receiver, secret: &[u8]) -> Result<String> {
    let Ok(receiver) = Receiver::start_with(receiver.kind, &[secret]) else {
        return Ok(NO_START.into());
    };
    let d = Delivery::new();
    let mac = mac_under(secret, &format!("date: {}\ndigest: {}", d.date, d.digest));
    Ok(match receiver.answer(&d.instead(&d.mac, mac), "500")?.as_str() {
        receivers::NONE => NO_START.into(),
        answer => format!("starts, and answers {answer}"),
    })
}

const NO_START: &str = "does not start";

const SERVED: &str = "others are served";

pub(crate) fn hanging_up_in_the_head(receiver: &Receiver) -> Result<String> {
    let head = Delivery::new().head();
    for len in 0..50 {
        Connection::open(receiver.address())?.send(&head[..len * head.len() / 50])?;
    }
    receiver.accepts_another()?;
    Ok(SERVED.into())
}

pub(crate) fn hanging_up_in_the_body(receiver: &Receiver) -> Result<String> {
    let delivery = Delivery::new();
    let raw = delivery.raw();
    let head = raw.len() - delivery.body.len();
    for len in head..raw.len() {
        // The receiver may be faster, and refuse half a body.
        let _ = Connection::open(receiver.address())?.send(&raw[..len]);
    }
    let answers = client::exchange(receiver.address(), &raw, 1)?.statuses;
    Ok(answers.first().map_or("closed".into(), ToString::to_string))
}

pub(crate) fn half_a_body(receiver: &Receiver) -> Result<String> {
    half(receiver, &Delivery::new())
}

pub(crate) fn half_a_forged_body(receiver: &Receiver) -> Result<String> {
    half(receiver, &Delivery { mac: mac("x"), ..Delivery::new() })
}

/// Sends half of the body, says that nothing more is to come, and reads the answer.
fn half(receiver: &Receiver, delivery: &Delivery) -> Result<String> {
    let raw = delivery.raw();
    let mark = receiver.mark();
    let mut connection = Connection::open(receiver.address())?;
    connection.send(&raw[..raw.len() - delivery.body.len() / 2])?;
    connection.finish()?;
    let Some(status) = connection.answer()? else { return Ok(NONE.into()) };
    let word = receiver.words_since(mark, 1, |_| true).pop();
    Ok(format!("{status} {}", word.unwrap_or_default()))
}

pub(crate) fn hanging_up_after_the_body(receiver: &Receiver) -> Result<String> {
    for _ in 0..50 {
        Connection::open(receiver.address())?.send(Delivery::new().raw())?;
    }
    receiver.accepts_another()?;
    Ok(SERVED.into())
}

/// Says that nothing more is to come as soon as the delivery is sent, and reads the answer.
pub(crate) fn shutting_down_after_the_body(receiver: &Receiver) -> Result<String> {
    for number in 0..20 {
        let mut connection = Connection::open(receiver.address())?;
        connection.send(Delivery::new().raw())?;
        connection.finish()?;
        let status = connection.answer()?;
        ensure!(status == Some(204), "delivery {number} got {status:?}");
    }
    Ok("each is accepted".into())
}

/// Holds connections with half a head, and with a genuine head and half a body.
pub(crate) fn slow_senders(receiver: &Receiver) -> Result<String> {
    let mut held = Vec::new();
    for number in 0..60 {
        let raw = Delivery::new().raw();
        let len = if number % 2 == 0 { raw.len() / 4 } else { raw.len() - 1 };
        let mut connection = Connection::open(receiver.address())?;
        connection.send(&raw[..len])?;
        held.push(connection);
    }
    let begun = Instant::now();
    for _ in 0..5 {
        receiver.accepts_another()?;
    }
    // Every receiver cuts off a slow sender, but only after ten seconds.
    let took = begun.elapsed();
    ensure!(took < Duration::from_secs(8), "others are served after {took:?}");
    Ok(SERVED.into())
}

pub(crate) fn refused_posts_of_1_4_mb(receiver: &Receiver) -> Result<String> {
    refused_posts(receiver, 1_400_000)
}

pub(crate) fn refused_posts_of_5_mb(receiver: &Receiver) -> Result<String> {
    refused_posts(receiver, 5_000_000)
}

/// Sends as Drone does: the whole request, then it reads the answer. A sender that cannot write all of
/// its body may never read.
fn refused_posts(receiver: &Receiver, len: usize) -> Result<String> {
    const POSTS: usize = 100;
    let delivery = Delivery::of(long_body(len));
    let request = delivery.instead(&delivery.mac, mac("x"));
    let (begun, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let address = receiver.address();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while begun.fetch_add(1, Ordering::Relaxed) < POSTS {
                    if matches!(post(address, &request), Ok(Some(401 | 413))) {
                        read.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    receiver.accepts_another()?;
    Ok(match read.into_inner() {
        99.. => "99 or more read the answer".into(),
        read => format!("{read} of {POSTS} read the answer"),
    })
}

fn post(address: SocketAddr, request: &[u8]) -> Result<Option<u16>> {
    let mut connection = Connection::open(address)?;
    connection.send(request)?;
    connection.answer()
}

/// Sends refused requests until the pipe of the log is full, and expects every answer.
pub(crate) fn unread_log(receiver: &Receiver) -> Result<String> {
    // More than a pipe of 64 KiB, the buffers of both sides, and 1,024 waiting lines.
    const REQUESTS: usize = 2000;
    const SENDERS: usize = 4;
    let mark = receiver.mark();
    receiver.pause_log(true);
    let send = || -> Result<()> {
        for _ in 0..REQUESTS / SENDERS {
            let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
            let answer = post(receiver.address(), request)?;
            ensure!(answer == Some(401), "{answer:?}");
        }
        Ok(())
    };
    let results: Vec<Result<()>> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        senders.into_iter().map(|sender| sender.join().expect("it does not panic")).collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    receiver.accepts_another()?;
    receiver.pause_log(false);
    let lost = receiver.lost_lines(mark).context("the loss is not told")?;
    receiver.accepts_another()?;
    let told = receiver.words_since(mark, REQUESTS + 2 - lost, |_| true).len();
    ensure!(told + lost == REQUESTS + 2, "{told} lines, and {lost} lost");
    Ok("all are answered, lost lines are counted".into())
}

/// Holds connections that were given up half way, or whose answers nobody reads.
pub(crate) fn idle_connections(receiver: &Receiver) -> Result<String> {
    const LONGEST: Duration = Duration::from_secs(35);
    receiver.accepts_another()?;
    let Some(before) = receiver.open_files() else { return Ok(CUT_OFF.into()) };
    let mut held = Vec::new();
    for request in unfinished() {
        for is_half_closed in [false, true] {
            let mut connection = Connection::open(receiver.address())?;
            // A receiver may hang up before it has read all of it.
            let _ = connection.send(&request);
            if is_half_closed {
                let _ = connection.finish();
            }
            held.push(connection);
        }
    }
    let begun = Instant::now();
    loop {
        thread::sleep(Duration::from_millis(250));
        let open = receiver.open_files().context("it has ended")?;
        if open <= before && begun.elapsed() > Duration::from_secs(1) {
            receiver.accepts_another()?;
            return Ok(CUT_OFF.into());
        }
        if begun.elapsed() > LONGEST {
            let left = open.saturating_sub(before);
            return Ok(format!("{left} of {} are open after {LONGEST:?}", held.len()));
        }
    }
}

const CUT_OFF: &str = "cut off within 35 s";

/// Requests that end early, or are followed by more than is answered at once.
fn unfinished() -> Vec<Vec<u8>> {
    let half = |len: usize| Delivery::new().raw()[..len].to_vec();
    let head = Delivery::new().head().len() + 2;
    let expecting = Delivery::new().head() + "Expect: 100-continue\r\n\r\n";
    let refused = Delivery::new();
    let refused = refused.instead(&refused.mac, mac("x"));
    vec![
        Vec::new(),
        half(10),
        half(200),
        half(head),
        half(head + 10),
        Delivery::new().raw(),
        refused[..refused.len() - 1].to_vec(),
        [refused.as_slice(), &[b'x'; 300_000]].concat(),
        expecting.into_bytes(),
        Delivery::new().chunked("5\r\n{\"e"),
        Delivery::new().chunked("fffffff\r\n{\"e"),
        (0..300).flat_map(|_| Delivery::new().raw()).collect(),
    ]
}

/// A second at which the window of some deliveries begins or ends.
struct Edge {
    second: i64,
    deliveries: Vec<Vec<u8>>,
}

/// How often each request was accepted.
type Accepted<'e> = Mutex<BTreeMap<&'e [u8], usize>>;

/// Sends each delivery over and over on 4 connections while its window begins, or ends.
pub(crate) fn replays_at_the_ends_of_the_window(receiver: &Receiver) -> Result<String> {
    const SKEW: i64 = 300;
    const CONNECTIONS: usize = 4;
    let start = now() + 3;
    let edges: Vec<Edge> = (0..4)
        .map(|number| {
            let second = start + number;
            // Those that are accepted from this second on, and those that no longer are.
            let dates = [second + SKEW; 5].into_iter().chain([second - SKEW - 1; 5]);
            let deliveries = dates.map(|date| Delivery::signed(body(), date).raw()).collect();
            Edge { second, deliveries }
        })
        .collect();
    let accepted = Accepted::default();
    let address = receiver.address();
    let results: Vec<Result<()>> = thread::scope(|scope| {
        let attack = || {
            scope.spawn(|| {
                // A delivery that is first accepted in its last second may be remembered for longer.
                edges.iter().try_for_each(|edge| send_once(address, edge, &accepted))?;
                edges.iter().try_for_each(|edge| hammer(address, edge, &accepted))
            })
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| attack()).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    let accepted = accepted.into_inner().expect("no other thread panicked");
    let all = edges.iter().flat_map(|edge| &edge.deliveries);
    let wrong: Vec<_> = all
        .map(|request| accepted.get(request.as_slice()).copied().unwrap_or(0))
        .filter(|&times| times != 1)
        .collect();
    Ok(match wrong.as_slice() {
        [] => "each accepted once".into(),
        _ => format!("{} of {} accepted otherwise: {wrong:?} times", wrong.len(), accepted.len()),
    })
}

fn send_once<'e>(address: SocketAddr, edge: &'e Edge, accepted: &Accepted<'e>) -> Result<()> {
    for request in &edge.deliveries {
        send_again(address, &[request], accepted)?;
    }
    Ok(())
}

/// Sends the deliveries of an edge over and over around it, and each once after it.
fn hammer<'e>(address: SocketAddr, edge: &'e Edge, accepted: &Accepted<'e>) -> Result<()> {
    let at = edge.second as f64;
    wait_until(at - 0.1);
    // As many at once as the buffers of a socket hold, so that the receiver need not wait for the next.
    let mut at_once = 60;
    let mut requests = edge.deliveries.iter().cycle();
    while time() < at + 0.2 {
        let batch: Vec<&Vec<u8>> = requests.by_ref().take(at_once).collect();
        if send_again(address, &batch, accepted)? < batch.len() {
            // A receiver that closes the connection after an answer gets one request at a time.
            at_once = 1;
        }
    }
    send_once(address, edge, accepted)
}

/// Sends requests on a connection, counts those that are accepted, and gives how many were answered.
fn send_again<'e>(
    address: SocketAddr,
    requests: &[&'e Vec<u8>],
    accepted: &Accepted<'e>,
) -> Result<usize> {
    let mut connection = Connection::open(address)?;
    if connection.send(requests.iter().copied().flatten().copied().collect::<Vec<u8>>()).is_err() {
        return Ok(0);
    }
    for (index, request) in requests.iter().enumerate() {
        match connection.answer()? {
            Some(204) => {
                let mut accepted = accepted.lock().expect("no other thread panicked");
                *accepted.entry(request.as_slice()).or_default() += 1;
            }
            Some(401) => {}
            Some(status) => bail!("status {status}"),
            None => return Ok(index),
        }
    }
    Ok(requests.len())
}

fn wait_until(second: f64) {
    while time() < second {
        thread::sleep(Duration::from_millis(5));
    }
}

fn time() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970").as_secs_f64()
}

/// The longest line of a log, in bytes: a few values of 200 characters, escaped.
const LONGEST_LINE: usize = 4096;

pub(crate) fn log_is_clean(receiver: &Receiver) -> Result<String> {
    let mark = receiver.mark();
    let hostile: [&[u8]; 7] = [
        b"\x1b[2J",
        b"\x7f",
        "\u{9b}31m".as_bytes(),
        b"\x9b31m",
        "\u{202e}".as_bytes(),
        b"a\rb",
        &[b'A'; 8000],
    ];
    let mut observed = Vec::new();
    for text in hostile {
        for delivery in operators_view(text) {
            let _ = client::exchange(receiver.address(), &delivery, 1);
        }
    }
    for request in spoilt(&mut observed) {
        let _ = client::exchange(receiver.address(), &request, 1);
    }
    let before = receiver.mark();
    receiver.accepts_another()?;
    receiver.words_since(before, 1, |_| true);
    for line in receiver.logged_since(mark) {
        if let Some(fault) = fault_of(&line, &observed) {
            let start = &line[..line.len().min(300)];
            return Ok(format!("{fault}: {}", start.escape_ascii()));
        }
    }
    Ok("a clean log".into())
}

/// A stranger's text wherever a receiver may repeat it, and that of someone who knows the secret.
fn operators_view(text: &[u8]) -> Vec<Vec<u8>> {
    let d = Delivery::new();
    let lossy = String::from_utf8_lossy(text);
    let json = lossy.replace('\x1b', "\\u001b").replace('\r', "\\r");
    let unknown = format!(r#"{{"event":"{json}","action":"{json}"}}"#);
    let known = format!(
        r#"{{"event":"build","action":"updated","build":{{"number":1,"status":"{json}","event":"{json}","target":"{json}","author_login":"{json}"}},"repo":{{"slug":"{json}"}},"user":{{"login":"{json}"}}}}"#
    );
    vec![
        d.instead("POST", text),
        d.instead("/hook", [b"/hook", text].concat()),
        d.instead("hmac-key", text),
        d.instead("hmac-sha256", text),
        d.instead("date digest", text),
        d.instead("date digest", [b"date digest ", text].concat()),
        d.instead(&d.date, text),
        d.instead(&d.digest, text),
        d.instead(&d.digest, [text, b"=x"].concat()),
        d.instead("receiver.test", text),
        d.instead("application/json", text),
        d.with([b"X-Drone-Event: ", text, b"\r\n"].concat()),
        d.with([text, b": x\r\n"].concat()),
        Delivery::of(text).raw(),
        Delivery::of(unknown).raw(),
        Delivery::of(known).raw(),
    ]
}

/// Requests with a right and a wrong MAC and digest; `observed` receives what no log may hold.
fn spoilt(observed: &mut Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let d = Delivery::new();
    let other = Delivery { body: br#"{"event":"user","action":"deleted"}"#.to_vec(), ..d.clone() };
    for value in [&d.mac, &mac("x"), &d.digest, &crate::delivery::digest(&other.body)] {
        observed.extend(spellings(value.strip_prefix("SHA-256=").unwrap_or(value)));
    }
    observed.push(SECRET.into());
    vec![
        d.instead(&d.mac, mac("x")),
        other.raw(),
        d.with("X-Drone-Event: repo\r\n"),
        d.raw(),
        d.raw(),
    ]
}

/// The forms that 32 bytes may have in a log: base64, hexadecimal, and a list of numbers.
fn spellings(base64: &str) -> Vec<Vec<u8>> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let bytes = BASE64_STANDARD.decode(base64).expect("it is base64");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = |separator: &str| {
        bytes[..6].iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
    };
    vec![
        base64.trim_end_matches('=').into(),
        base64.trim_end_matches('=').replace('+', "-").replace('/', "_").into(),
        base64.trim_end_matches('=').replace('/', "\\/").into(),
        hex.to_uppercase().into(),
        hex.into(),
        list(", ").into(),
        list(",").into(),
        list(" ").into(),
    ]
}

fn fault_of(line: &[u8], observed: &[Vec<u8>]) -> Option<&'static str> {
    let Ok(text) = std::str::from_utf8(line) else { return Some("bytes that are no UTF-8") };
    if text.chars().any(char::is_control) {
        return Some("a control character");
    }
    if text.chars().any(is_format) {
        return Some("a character that changes how others are shown");
    }
    if line.len() > LONGEST_LINE {
        return Some("a line that is too long");
    }
    let holds = |value: &Vec<u8>| line.windows(value.len()).any(|part| part == value);
    observed.iter().any(holds).then_some("a MAC, a digest or the secret")
}

/// Characters without a form of their own: bidirectional and zero-width ones.
fn is_format(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

pub(crate) fn largest_head_with_1_secret(receiver: &Receiver) -> Result<String> {
    cost_of(receiver, &largest_heads(receiver.kind), 9)
}

pub(crate) fn largest_head_with_16_secrets(receiver: &Receiver) -> Result<String> {
    cost_of(&with_16_secrets(receiver.kind)?, &largest_heads(receiver.kind), 9)
}

pub(crate) fn repeated_names_with_1_secret(receiver: &Receiver) -> Result<String> {
    cost_of(receiver, &[head_of_repeated_names(receiver.kind)], 100)
}

pub(crate) fn repeated_names_with_16_secrets(receiver: &Receiver) -> Result<String> {
    cost_of(&with_16_secrets(receiver.kind)?, &[head_of_repeated_names(receiver.kind)], 100)
}

pub(crate) fn longest_string_with_1_secret(receiver: &Receiver) -> Result<String> {
    cost_of(receiver, &[head_of_longest_string()], 500)
}

pub(crate) fn longest_string_with_16_secrets(receiver: &Receiver) -> Result<String> {
    cost_of(&with_16_secrets(receiver.kind)?, &[head_of_longest_string()], 500)
}

fn with_16_secrets(kind: Kind) -> Result<Receiver> {
    let secrets: Vec<String> = (0..16).map(|number| format!("{SECRET}{number}")).collect();
    let secrets: Vec<&[u8]> = secrets.iter().map(String::as_bytes).collect();
    Receiver::start_with(kind, &secrets)
}

/// Compares the least time of the answer to each head with that for the same head without a signature.
fn cost_of(receiver: &Receiver, heads: &[Vec<u8>], rounds: usize) -> Result<String> {
    let mut worst = 0.0_f64;
    for signed in heads {
        let unsigned =
            String::from_utf8(signed.clone())?.replace("\r\nSignature:", "\r\nXignature:");
        let mut least = [Duration::MAX; 2];
        for _ in 0..rounds {
            for (least, request) in least.iter_mut().zip([signed, unsigned.as_bytes()]) {
                let begun = Instant::now();
                let answer = receiver.answer(request, "401")?;
                ensure!(answer.starts_with("401"), "{answer}");
                *least = begun.elapsed().min(*least);
            }
        }
        let [signed, unsigned] = least.map(|time| time.as_secs_f64());
        worst = worst.max(signed / unsigned);
        if std::env::var_os("VERBOSE").is_some() {
            println!(
                "      {:?}: {:.3} ms, {:.3} ms without a signature",
                receiver.kind,
                signed * 1e3,
                unsigned * 1e3
            );
        }
    }
    Ok(match worst {
        ..=3.0 => "at most 3 times the cost of reading it".into(),
        _ => format!("{worst:.1} times the cost of reading it"),
    })
}

/// The heads whose fields and names are the most work to match.
fn largest_heads(kind: Kind) -> [Vec<u8>; 3] {
    [head_of_short_names(kind), head_of_long_names(kind), head_of_long_value(kind)]
}

/// A head whose signing string has as many bytes as are allowed.
fn head_of_longest_string() -> Vec<u8> {
    let value = "v".repeat(MAX_SIGNING_STRING_LEN - STRING_LEN - "\nx-a: ".len());
    let fields = format!("X-A: {value}\r\n");
    listing(["x-a".to_owned()].into_iter(), &fields)
}

/// Eight listed names that all fields share.
fn head_of_repeated_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let count = fields.min(bytes / 8);
    let fields: String = (0..count).map(|number| format!("x-{}: \r\n", number % 8)).collect();
    listing((0..8).map(|number| format!("x-{number}")), &fields)
}

/// One listed field that fills the head.
fn head_of_long_value(kind: Kind) -> Vec<u8> {
    let fields = format!("X-A: {}\r\n", "v".repeat(kind.largest_head().0));
    listing(["x-a".to_owned()].into_iter(), &fields)
}

/// As many fields as fit, with 126 of them listed from the end.
fn head_of_short_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let count = fields.min(bytes / 24).max(1);
    let padding = (bytes / count).saturating_sub(24);
    let name = |number: usize| format!("x-{number:06}-y");
    let fields: String =
        (0..count).map(|number| format!("{}: {}\r\n", name(number), "v".repeat(padding))).collect();
    listing((0..126).map(|number| name(count.saturating_sub(number + 1))), &fields)
}

/// Names that are so long that they fill the head, and differ in their middle.
fn head_of_long_names(kind: Kind) -> Vec<u8> {
    let (bytes, fields) = kind.largest_head();
    let count = fields.min(126);
    let half = "x".repeat(bytes / (count + 126) / 2 - 8);
    let name = |number: usize| format!("{half}{number:06}{half}");
    let fields: String = (0..count).map(|number| format!("{}: v\r\n", name(number))).collect();
    listing((0..126).map(name), &fields)
}

/// A stale-proof head that lists `date digest` and these names, with a MAC that does not fit.
fn listing(names: impl Iterator<Item = String>, fields: &str) -> Vec<u8> {
    let delivery = Delivery::new();
    let names: String = names.map(|name| format!(" {name}")).collect();
    let list = format!("date digest{names}");
    let delivery = Delivery { covered: list, mac: mac("x"), ..delivery };
    delivery.with(fields)
}
