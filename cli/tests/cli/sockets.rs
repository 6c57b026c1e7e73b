//! Receivers and senders on the loopback interface.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use hooksig_vectors::SECRET;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A running `hooksig listen`.
pub(crate) struct Listener {
    child: Child,
    pub(crate) address: String,
    lines: BufReader<ChildStdout>,
    /// Standard error after the line with the address.
    messages: BufReader<ChildStderr>,
}

impl Listener {
    /// Starts it with the usual secret.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_with(&[&["--secret", SECRET], options].concat())
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        Self::run("127.0.0.1:0", options, &[])
    }

    /// Starts it with the usual secret at `address`, as given on the command line.
    #[cfg(unix)]
    pub(crate) fn start_at(address: &str, options: &[&str]) -> Self {
        Self::run(address, &[&["--secret", SECRET], options].concat(), &[])
    }

    /// Starts it with the usual secret and these variables in the environment.
    pub(crate) fn start_in(options: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::run("127.0.0.1:0", &[&["--secret", SECRET], options].concat(), variables)
    }

    fn run(address: &str, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let program = assert_cmd::cargo::cargo_bin!("hooksig");
        Self::spawn(Command::new(program), address, options, variables)
    }

    /// Starts it with the usual secret, unable to write a byte to a file.
    #[cfg(unix)]
    pub(crate) fn start_on_full_disk(options: &[&str]) -> Self {
        let program = assert_cmd::cargo::cargo_bin!("hooksig");
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]).arg(program);
        Self::spawn(shell, "127.0.0.1:0", &[&["--secret", SECRET], options].concat(), &[])
    }

    fn spawn(
        mut program: Command,
        address: &str,
        options: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut child = program
            .args(["listen", address])
            .args(options)
            .env_remove("DRONE_WEBHOOK_SECRET")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        let mut messages = BufReader::new(child.stderr.take().expect("it is a pipe"));
        messages.read_line(&mut line).expect("it is UTF-8");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.unwrap_or_else(|| panic!("no address: {line}")).to_owned();
        let lines = BufReader::new(child.stdout.take().expect("it is a pipe"));
        Self { child, address, lines, messages }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Reads the next line, without its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("it is UTF-8");
        line.trim_end().to_owned()
    }

    /// Discards further lines, so that a full pipe does not block the program.
    #[cfg(unix)]
    pub(crate) fn ignore_lines(&self) {
        let lines = std::os::fd::AsFd::as_fd(self.lines.get_ref());
        let mut lines = std::fs::File::from(lines.try_clone_to_owned().expect("it is open"));
        thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    }

    #[track_caller]
    pub(crate) fn json(&mut self) -> Value {
        serde_json::from_str(&self.line()).expect("it is JSON")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Limits the number of its open files.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit_files(&self, count: u64) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let limit = Rlimit { current: Some(count), maximum: Some(count) };
        prlimit(Some(Pid::from_child(&self.child)), Resource::Nofile, limit).expect("it runs");
    }

    /// Returns true if it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_some()
    }

    /// Returns the exit code once it has ended, and the rest of its output.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).expect("it is UTF-8");
        (self.child.wait().expect("it ends").code(), rest)
    }

    /// As [`Self::wait`], and returns standard error.
    #[cfg(unix)]
    pub(crate) fn wait_for_all(mut self) -> (Option<i32>, String, String) {
        let (mut rest, mut told) = (String::new(), String::new());
        self.lines.read_to_string(&mut rest).expect("it is UTF-8");
        self.messages.read_to_string(&mut told).expect("it is UTF-8");
        (self.child.wait().expect("it ends").code(), rest, told)
    }

    /// Returns the exit code once it has ended. Discards its output.
    #[cfg(unix)]
    pub(crate) fn wait_unread(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }

    pub(crate) fn stop(self) -> (Option<i32>, String) {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Sends bytes on a new connection and returns the answer.
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        // The receiver may close the connection at any time.
        let _ = stream.write_all(bytes.as_ref());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).expect("it is UTF-8")
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it is not zero");
        stream
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers `count` requests with `answer`, and returns them.
pub(crate) fn capture(
    count: usize,
    answer: impl Into<String>,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}/captured?x=y", listener.local_addr().expect("it has one"));
    let answer = answer.into();
    let take = move || {
        let (mut stream, _) = listener.accept().expect("someone comes");
        let request = read_request(&mut stream);
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).expect("it can be answered");
        request
    };
    (url, thread::spawn(move || (0..count).map(|_| take()).collect()))
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).expect("it can be read");
        request.extend_from_slice(&bytes[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
        let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        let whole = text.find("\r\n\r\n").is_some_and(|head| request.len() >= head + 4 + length);
        if whole || read == 0 {
            return String::from_utf8(request).expect("it is UTF-8");
        }
    }
}
