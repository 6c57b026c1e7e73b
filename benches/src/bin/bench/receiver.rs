//! What a whole receiver and the replay store that several share can take, by the Go package's own
//! load test and benchmark.

use std::{io, process::Command};

/// What was found.
pub struct Receiver {
    /// Deliveries that a `net/http` receiver took in a second, on a machine that also sent them.
    pub per_second: f64,
    /// What the Redis server keeps for a delivery, in bytes.
    pub redis_bytes: f64,
    /// Claims that the Redis server answered in a second, on a machine that also asked.
    pub redis_claims: f64,
    /// What a claim takes of the Redis server's one thread, in microseconds.
    pub redis_time: f64,
}

/// Measures, for so many seconds and claims, or nothing where Go or Redis is missing.
pub fn measure(seconds: usize, claims: usize) -> io::Result<Option<Receiver>> {
    let load = format!("-load={seconds}s");
    let Some(load) = go_test("go", &["-run", "^TestLoad$", &load])? else { return Ok(None) };
    let times = format!("{claims}x");
    let bench = ["-run", "^$", "-bench", "^BenchmarkClaim$", "-benchtime", &times];
    let Some(redis) = go_test("go/redisstore", &bench)? else { return Ok(None) };
    let figure = |text: &str, unit: &str| {
        // The figure stands before its unit.
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

/// What a test prints, or nothing where it was skipped.
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
