//! Computes the needs of a fleet from the figures of one core: the tables of `docs/scale.md`.

use crate::{
    goals::cell,
    pages::Findings,
    receiver::Receiver,
    tables::{grouped, table},
};

/// Seconds that Redis remembers a delivery dated at its arrival: the window of 300 s, and the
/// store's margin of a minute.
const REMEMBERED: f64 = 300.0 + 60.0;

/// The same for a sender whose clock is 300 s ahead.
const REMEMBERED_LONGEST: f64 = REMEMBERED + 300.0;

/// Share of a resource planned for use.
const LOAD: f64 = 0.5;

/// The rates of the table, in deliveries per second.
const RATES: [f64; 4] = [1_000.0, 10_000.0, 100_000.0, 1_000_000.0];

/// Bytes of a delivery on the wire: 358 bytes of body and the head.
const WIRE: f64 = 1_000.0;

/// The figures that the rest is derived from.
pub struct Scale {
    verify: f64,
    verify_4_kib: f64,
    garbage: f64,
    wrong_mac: f64,
    cores: usize,
    all_cores: f64,
    receiver: f64,
    redis_bytes: f64,
    redis_claims: f64,
    redis_time: f64,
}

impl Scale {
    pub fn of(found: &Findings, receiver: &Receiver) -> Self {
        let time = |title: &str| cell(&found.rows[0], title).expect("hooksig has it").time();
        let all = &found.cores[found.cores.len() - 1];
        Self {
            verify: time("358 B"),
            verify_4_kib: time("4 KiB"),
            garbage: time("garbage"),
            wrong_mac: time("wrong MAC"),
            cores: all.count,
            all_cores: all.per_second,
            receiver: receiver.per_second,
            redis_bytes: receiver.redis_bytes,
            redis_claims: receiver.redis_claims,
            redis_time: receiver.redis_time,
        }
    }

    pub fn measured(&self) -> String {
        let lines = [
            ("*v*", "verify a delivery of 358 bytes", format!("{} ns", grouped(self.verify))),
            ("", "of 4 KiB", format!("{} ns", grouped(self.verify_4_kib))),
            ("", "refuse garbage", format!("{} ns", grouped(self.garbage))),
            ("", "refuse a wrong MAC", format!("{} ns", grouped(self.wrong_mac))),
            (
                "*c*",
                "deliveries of 358 bytes verified on all cores with one key",
                format!("{} a second on {}", grouped(self.all_cores), self.cores),
            ),
            (
                "*h*",
                "deliveries accepted by a `net/http` receiver, with the sender on the same cores",
                format!("{} a second", grouped(self.receiver)),
            ),
            ("*m*", "memory of a delivery in Redis", format!("{:.0} bytes", self.redis_bytes)),
            (
                "*s*",
                "time of a claim on the single thread of Redis",
                format!("{:.1} µs", self.redis_time),
            ),
            (
                "",
                "claims answered, with the clients on the same cores",
                format!("{} a second", grouped(self.redis_claims)),
            ),
        ];
        let line = |(sign, what, figure): (&str, &str, String)| {
            vec![sign.to_owned(), what.to_owned(), figure]
        };
        table(&["", "measured", "figure"].map(str::to_owned), &lines.map(line))
    }

    pub fn node(&self) -> String {
        let share = self.receiver * self.verify / 1e9 / self.cores as f64;
        let per_core = 1e9 / self.verify;
        let flood = 1e9 / self.garbage;
        let lines = [
            ("verified by one core", "1 / *v*", format!("{} a second", grouped(per_core))),
            (
                "verification's share of a receiver's time",
                "*h* · *v* / cores",
                format!("{:.1} %", share * 100.0),
            ),
            (
                "planned for a node",
                "*h* / 2",
                format!("{} a second", grouped(self.receiver * LOAD)),
            ),
            (
                "garbage that keeps one core busy",
                "1 / (refuse garbage)",
                format!("{} a second", grouped(flood)),
            ),
        ];
        let line = |(what, how, figure): (&str, &str, String)| {
            vec![what.to_owned(), how.to_owned(), figure]
        };
        table(&["a node", "derived", "figure"].map(str::to_owned), &lines.map(line))
    }

    pub fn fleet(&self) -> String {
        let head = [
            "deliveries a second",
            "nodes",
            "cores for verification",
            "Redis, deliveries held",
            "Redis, memory",
            "load of one Redis thread",
            "Redis servers",
            "network, Mbit/s",
        ];
        let line = |rate: f64| {
            let held = rate * REMEMBERED;
            let thread = rate * self.redis_time / 1e6;
            vec![
                grouped(rate),
                grouped((rate / (self.receiver * LOAD)).ceil()),
                format!("{:.2}", rate * self.verify / 1e9),
                grouped(held),
                bytes(held * self.redis_bytes),
                format!("{:.0} %", thread * 100.0),
                grouped((thread / LOAD).ceil()),
                grouped(rate * WIRE * 8.0 / 1e6),
            ]
        };
        let lines = RATES.map(line);
        format!(
            "{}\nIf every sender's clock is 300 s fast, Redis needs {} times that memory.\n",
            table(&head.map(str::to_owned), &lines),
            format_args!("{:.1}", REMEMBERED_LONGEST / REMEMBERED)
        )
    }
}

/// Formats bytes in the largest unit that gives at least one.
fn bytes(count: f64) -> String {
    match count {
        _ if count < 1e9 => format!("{:.0} MB", count / 1e6),
        _ => format!("{:.1} GB", count / 1e9),
    }
}
