//! Counts the instructions of each operation of hooksig with callgrind, in Rust and through the C
//! interface, and compares them with `benches/instructions.txt`: `instructions [--write | --parts
//! OPERATION]`.
//!
//! SHA-256 compressions are left out. The protocol fixes their number, and valgrind has no SHA
//! instructions, so they would hide everything else.
//!
//! No harness such as gungraun is used: the counts go into a committed file, C programs are counted
//! as well, and building the harness's runner takes minutes.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use hooksig_bench::{
    delivery,
    operation::{self, Operation},
};

const BASELINE: &str = "benches/instructions.txt";

/// A fixed time, because the counts depend slightly on the date.
const NOW: i64 = 1_795_419_691;

/// Allowed growth of a count in percent.
const TOLERANCE: u64 = 2;

const CALLS: u64 = 10;

const PROGRAMS: [&str; 2] = ["hooksig", "hooksig-c"];

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let run = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => check(),
        ["--write"] => write(),
        ["--parts", question] => parts(question),
        _ => Err(io::Error::other("usage: instructions [--write | --parts OPERATION]")),
    };
    match run {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the tools that the counts depend on.
fn tools() -> io::Result<[String; 2]> {
    let version = |tool: &str| {
        let said = Command::new(tool).arg("--version").output()?;
        Ok(String::from_utf8_lossy(&said.stdout).trim_end().to_owned())
    };
    let said: io::Result<String> = version("valgrind");
    let missing = |error| io::Error::other(format!("valgrind: {error}"));
    Ok([version("rustc")?, said.map_err(missing)?])
}

fn write() -> io::Result<bool> {
    let mut text =
        "# Instructions that a call takes beside SHA-256 compressions, as callgrind counts \
                    them on x86-64.\n# `make instructions-baseline` writes this file.\n"
            .to_owned();
    for tool in tools()? {
        text += &format!("{tool}\n");
    }
    for (name, count) in count_all()? {
        text += &format!("{name}: {count}\n");
    }
    fs::write(BASELINE, text)?;
    println!("{BASELINE} is written");
    Ok(true)
}

/// Prints a line for each operation. Returns false if one has become more expensive.
fn check() -> io::Result<bool> {
    let text = fs::read_to_string(BASELINE)?;
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    for tool in tools()? {
        let recorded = lines.next().unwrap_or_default();
        if recorded != tool {
            println!(
                "skip  the baseline is for {recorded}, this is {tool}: `make instructions-baseline` rewrites it"
            );
            return Ok(env::var_os("CI").is_none());
        }
    }
    let baseline: BTreeMap<_, _> = lines.filter_map(|line| line.split_once(": ")).collect();
    let counts = count_all()?;
    let mut failed = 0;
    for (name, count) in &counts {
        let before = baseline.get(name.as_str()).and_then(|count| count.parse::<u64>().ok());
        let (passed, line) = compare(name, *count, before);
        println!("{} {line}", if passed { "pass " } else { "FAIL " });
        failed += usize::from(!passed);
    }
    println!("instructions: {} passed, {failed} failed", counts.len() - failed);
    Ok(failed == 0)
}

fn compare(name: &str, count: u64, before: Option<u64>) -> (bool, String) {
    let Some(before) = before else {
        return (false, format!("{name}: {count}, and there is no baseline"));
    };
    let growth = (count as f64 / before as f64 - 1.0) * 100.0;
    (count * 100 <= before * (100 + TOLERANCE), format!("{name}: {count}, {growth:+.1} %"))
}

/// Returns the folder of the programs, and that of the deliveries, which it writes.
fn folders() -> io::Result<(PathBuf, PathBuf)> {
    let programs = env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();
    let deliveries = programs.join("counted-deliveries");
    delivery::write_all(&deliveries, NOW)?;
    Ok((programs, deliveries))
}

/// Prints the instructions of each function per call of the Rust interface.
fn parts(question: &str) -> io::Result<bool> {
    let (programs, deliveries) = folders()?;
    let mut costs = profile(&programs.join(PROGRAMS[0]), &deliveries, question)?;
    costs.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    for (name, cost) in costs {
        println!("{:>6}  {name}", cost / CALLS);
    }
    Ok(true)
}

/// Counts all operations of all programs.
fn count_all() -> io::Result<Vec<(String, u64)>> {
    let (programs, deliveries) = folders()?;
    let mut counts = vec![];
    for program in PROGRAMS {
        for (_, operation) in operation::all() {
            let question = operation.to_string();
            let costs = profile(&programs.join(program), &deliveries, &question)?;
            let count = costs.iter().map(|(_, cost)| cost).sum::<u64>() / CALLS;
            counts.push((format!("{program} {question}"), count));
        }
    }
    Ok(counts)
}

/// Returns the instructions of all calls, by function.
fn profile(program: &Path, deliveries: &Path, question: &str) -> io::Result<Vec<(String, u64)>> {
    let profile = deliveries.join("callgrind.out");
    let mut valgrind = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no"])
        .arg("--toggle-collect=*repeat_counted*")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(program)
        .arg(deliveries)
        .arg(NOW.to_string())
        // Makes the C library use the same copies and comparisons on every processor.
        .env("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-AVX512F,-ERMS,-FSRM,-SSSE3,-SSE4_1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut questions = valgrind.stdin.take().expect("it is piped");
    writeln!(questions, "{question} {CALLS}")?;
    drop(questions);
    if !valgrind.wait()?.success() {
        return Err(io::Error::other(format!("{question}: valgrind failed")));
    }
    let profile = fs::read_to_string(profile)?;
    let costs = without_compressions(by_function(&profile), question)?;
    Ok(costs.into_iter().map(|(name, cost)| (name.to_owned(), cost)).collect())
}

/// Returns the own cost of each function. In a profile, `fn=` begins a function, and the line after
/// `calls=` has a callee's cost.
fn by_function(profile: &str) -> BTreeMap<&str, u64> {
    let mut costs = BTreeMap::new();
    let (mut function, mut of_callee) = ("", false);
    for line in profile.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            function = name;
        } else if line.starts_with("calls=") {
            of_callee = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok());
            if !std::mem::take(&mut of_callee) {
                *costs.entry(function).or_default() += cost.unwrap_or_default();
            }
        }
    }
    costs
}

/// An inlined function cannot be left out; if nothing is hashed, it is not there.
fn without_compressions<'p>(
    mut costs: BTreeMap<&'p str, u64>,
    question: &str,
) -> io::Result<BTreeMap<&'p str, u64>> {
    let all = costs.len();
    costs.retain(|name, _| !name.contains("compress256"));
    let hashes = question.parse().is_ok_and(|operation: Operation| !operation.floor().is_empty());
    match hashes && costs.len() == all {
        true => Err(io::Error::other(format!("{question}: compress256 is not in the profile"))),
        false => Ok(costs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressions_and_the_costs_of_callees_are_left_out() {
        let profile = "events: Ir\n\nfn=verify\n0 100\ncfn=sha2::compress256\ncalls=3 0\n0 5000\n1 20\n\
                       fn=sha2::compress256\n0 5000\n\ntotals: 5120\n";
        let costs =
            without_compressions(by_function(profile), "head 358 1").expect("they are there");
        assert_eq!(costs, BTreeMap::from([("verify", 120)]));
        assert!(without_compressions(costs, "head 358 1").is_err());
    }

    #[test]
    fn growth_by_more_than_the_tolerance_fails() {
        assert!(compare("head", 1020, Some(1000)).0);
        assert!(compare("head", 500, Some(1000)).0);
        assert!(!compare("head", 1021, Some(1000)).0);
        assert!(!compare("head", 1000, None).0);
    }
}
