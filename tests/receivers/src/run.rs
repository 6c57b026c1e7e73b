//! Runs the table: the receivers side by side, and then, if LONG is set, the rows that measure times.

use std::{
    env,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use anyhow::Result;

use crate::{
    attack::{Act, Attack},
    receivers::{Kind, Receiver},
};

/// How many receivers are attacked at once.
const SIDE_BY_SIDE: usize = 8;

/// Attacks that one receiver answers in turn.
struct Job<'a> {
    kind: Kind,
    attacks: Vec<&'a Attack>,
}

#[derive(Default)]
struct Count {
    passed: AtomicUsize,
    failed: AtomicUsize,
}

/// Runs the rows and the receivers whose names hold the filters, and reports whether all is as the
/// table says.
pub(crate) fn all(attacks: &[Attack], row: &str, receiver: Option<&str>) -> bool {
    let kinds: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|kind| {
            receiver.is_none_or(|filter| format!("{kind:?}").eq_ignore_ascii_case(filter))
        })
        .filter(|kind| kind.is_there())
        .collect();
    let attacks: Vec<&Attack> = attacks
        .iter()
        .filter(|attack| attack.name.contains(row) || attack.group.contains(row))
        .collect();
    let (measured, others): (Vec<&Attack>, Vec<&Attack>) =
        attacks.into_iter().partition(|attack| matches!(attack.act, Act::Measure(_)));
    let count = Count::default();
    run(jobs(&kinds, &others), SIDE_BY_SIDE, &count);
    if env::var_os("LONG").is_some() {
        run(jobs(&kinds, &measured), 1, &count);
    }
    let (passed, failed) = (count.passed.into_inner(), count.failed.into_inner());
    println!("receivers: {passed} passed, {failed} failed");
    failed == 0 && passed > 0
}

/// One job for all requests to a receiver, and one for each scenario; the longest come first.
fn jobs<'a>(kinds: &[Kind], attacks: &[&'a Attack]) -> Vec<Job<'a>> {
    let (sent, played): (Vec<&Attack>, Vec<&Attack>) =
        attacks.iter().partition(|attack| matches!(attack.act, Act::Send(_) | Act::Send2 { .. }));
    let asked = |kind: Kind, attacks: &[&'a Attack]| -> Vec<&'a Attack> {
        attacks.iter().copied().filter(|attack| attack.answer_of(kind).is_some()).collect()
    };
    let scenarios = kinds.iter().flat_map(|&kind| {
        asked(kind, &played).into_iter().map(move |attack| Job { kind, attacks: vec![attack] })
    });
    let requests = kinds.iter().map(|&kind| Job { kind, attacks: asked(kind, &sent) });
    requests.chain(scenarios).filter(|job| !job.attacks.is_empty()).collect()
}

fn run(jobs: Vec<Job<'_>>, side_by_side: usize, count: &Count) {
    let jobs = Mutex::new(jobs.into_iter());
    let next = || jobs.lock().expect("no other thread panicked").next();
    thread::scope(|scope| {
        for _ in 0..side_by_side {
            scope.spawn(|| {
                while let Some(job) = next() {
                    perform(&job, count);
                }
            });
        }
    });
}

fn perform(job: &Job<'_>, count: &Count) {
    let receiver = match Receiver::start(job.kind) {
        Ok(receiver) => receiver,
        Err(error) => {
            count.failed.fetch_add(job.attacks.len(), Ordering::Relaxed);
            println!("FAIL  {}: {error:#}", job.kind.title());
            return;
        }
    };
    for attack in &job.attacks {
        let begun = Instant::now();
        let expected = attack.answer_of(job.kind).expect("only those are asked that answer");
        let got: Result<String> = attack.perform(&receiver, expected);
        let got = got.unwrap_or_else(|error| format!("{error:#}"));
        let title = format!("{}: {}: {}", job.kind.title(), attack.group, attack.name);
        let took = begun.elapsed();
        if got == expected {
            count.passed.fetch_add(1, Ordering::Relaxed);
            if env::var_os("VERBOSE").is_some() {
                println!("ok    {title}: {got} ({took:.1?})");
            }
        } else {
            count.failed.fetch_add(1, Ordering::Relaxed);
            println!(
                "FAIL  {title} ({took:.1?})\n      expected: {expected}\n      got:      {got}"
            );
        }
    }
}
