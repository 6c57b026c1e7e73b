//! Measures a whole receiver and the shared replay store, with the Go package's load test and
//! benchmark.

use std::{io, process::Command};

/// The results.
pub struct Receiver {
    /// Deliveries per second of a `net/http` receiver, on a machine that also sent them.
    pub per_second: f64,
    /// Bytes that Redis keeps per delivery.
    pub redis_bytes: f64,
    /// Claims per second that Redis answered, on a machine that also asked.
    pub redis_claims: f64,
    /// Microseconds of the Redis server's single thread per claim.
    pub redis_time: f64,
}

/// Measures for `seconds` and `claims`. Returns nothing without Go or Redis.
pub fn measure(seconds: usize, claims: usize) -> io::Result<Option<Receiver>> {
    let load = format!("-load={seconds}s");
    let Some(load) = go_test("go", &["-run", "^TestLoad$", &load])? else { return Ok(None) };
    let times = format!("{claims}x");
    let bench = ["-run", "^$", "-bench", "^BenchmarkClaim$", "-benchtime", &times];
    let Some(redis) = go_test("go/redisstore", &bench)? else { return Ok(None) };
    let figure = |text: &str, unit: &str| {
        // The figure precedes its unit.
        let before = text.find(unit).map(|at| text[..at].trim_end());
        let figure = before.and_then(|text| text.rsplit([' ', '\t']).next()?.parse().ok());
        figure.ok_or_else(|| io::Error::other(format!("go test prints no {unit}: {text}")))
    };
    Ok(Some(Receiver {
        per_second: figure(&load, "a second")?,
        redis_bytes: figure(&redis, "bytes/delivery")?,
        redis_claims: figure(&redis, "claims/s")?,
        redis_time: figure(&redis, "server-us/claim")?,
    }))
}

/// Returns the output of a test, or nothing if it was skipped.
fn go_test(module: &str, args: &[&str]) -> io::Result<Option<String>> {
    let mut go = Command::new("go");
    go.args(["test", "-C", module, "-tags", "hooksig_static", "-count=1", "-v"]).args(args);
    let output = match go.output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("skip  go is missing: no whole receivers");
            return Ok(None);
        }
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(io::Error::other(format!("go test in {module}: {said}")));
    }
    if let Some((_, what)) = said.split_once("missing: ") {
        eprintln!("skip  {} is missing", what.lines().next().unwrap_or_default());
        return Ok(None);
    }
    Ok(Some(said))
}
