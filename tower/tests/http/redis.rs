//! Receivers that share a Redis server.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Barrier, Mutex},
    thread,
    time::{Duration, Instant},
};

use hooksig::{Error, Policy};
use hooksig_tower::{RedisStore, Refusal};
use hooksig_vectors::SECRET;
use tempfile::TempDir;

use crate::{
    Server,
    claims::{layer, request_at, status},
    edit, example, now, object,
    server::Seen,
    signed,
};

/// A Redis server of the test.
struct Redis {
    child: Child,
    folder: TempDir,
}

impl Redis {
    /// Returns `None` without `redis-server`, or fails if CI is set.
    fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Option<Self> {
        let folder = TempDir::new().expect("there is room");
        match spawn(&folder, arguments) {
            Ok(child) => Some(Self { child, folder }.ready()),
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "missing: redis-server: {error}");
                println!("skipped: missing: redis-server");
                None
            }
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("redis")
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    fn ready(self) -> Self {
        let start = Instant::now();
        while std::os::unix::net::UnixStream::connect(self.socket()).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "redis-server does not answer");
            thread::sleep(Duration::from_millis(20));
        }
        self
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn start_again(mut self) -> Self {
        self.child = spawn(&self.folder, &[]).expect("it started before");
        self.ready()
    }

    /// Returns Redis's answer.
    fn ask<T: redis::FromRedisValue>(&self, command: &str) -> T {
        let mut connection = redis::Client::open(self.url())
            .and_then(|client| client.get_connection())
            .expect("it answers");
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().expect("there is one"));
        for word in words {
            command.arg(word);
        }
        command.query(&mut connection).expect("it understands")
    }

    /// Returns how often a claim asked it.
    fn asked(&self) -> usize {
        let stats: String = self.ask("INFO commandstats");
        let of_set = stats.lines().find_map(|line| line.strip_prefix("cmdstat_set:calls="));
        of_set.map_or(0, |calls| {
            calls.split(',').next().expect("there is one").parse().expect("it is a number")
        })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(folder: &TempDir, arguments: &[&str]) -> std::io::Result<Child> {
    let socket = folder.path().join("redis");
    let _ = std::fs::remove_file(&socket);
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--maxmemory-policy", "noeviction", "--unixsocket"])
        .arg(socket)
        .arg("--dir")
        .arg(folder.path())
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
}

/// A process that shares a Redis server.
struct Replica {
    child: Child,
    address: SocketAddr,
}

impl Replica {
    fn start(redis: &Redis) -> Self {
        let mut child = Command::new(example::program("replica"))
            .args(["127.0.0.1:0", &redis.url()])
            .env("DRONE_WEBHOOK_SECRET", SECRET)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`cargo test` without a filter for targets builds it");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("it is a pipe"));
        out.read_line(&mut line).expect("it is UTF-8");
        let address = line.trim_end().strip_prefix("listening on ").expect("it listens");
        Self { child, address: address.parse().expect("it is an address") }
    }

    fn connect(&self) -> Peer {
        let stream = TcpStream::connect(self.address).expect("it listens");
        Peer { answers: BufReader::new(stream.try_clone().expect("it can be")), stream }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A persistent connection.
struct Peer {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Peer {
    /// Returns the status of the answer.
    fn send(&mut self, request: &str) -> u16 {
        self.stream.write_all(request.as_bytes()).expect("it is taken");
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.answers.read_line(&mut head).expect("it is UTF-8"), 0, "{head}");
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().expect("it is a number"));
        self.answers.read_exact(&mut vec![0; length]).expect("it is all there");
        head[9..12].parse().expect("it is a status")
    }
}

/// Returns a delivery to `/hooks`, over a persistent connection.
fn delivery(number: usize) -> String {
    let request = signed(&format!(r#"{{"event":"build","action":"created","n":{number}}}"#));
    edit(&edit(&request, "Connection: close\r\n", ""), "POST /hook ", "POST /hooks ")
}

#[test]
fn two_processes_accept_each_of_a_thousand_deliveries_once() {
    let Some(redis) = Redis::start() else { return };
    let replicas = [Replica::start(&redis), Replica::start(&redis)];
    let mut peers = replicas.each_ref().map(Replica::connect);
    let together = Barrier::new(2);
    let mut by_first = 0;
    for number in 0..1000 {
        let request = delivery(number);
        let [first, second] = &mut peers;
        let answers = thread::scope(|scope| {
            let sent = scope.spawn(|| {
                together.wait();
                first.send(&request)
            });
            together.wait();
            let second = second.send(&request);
            [sent.join().expect("it does not panic"), second]
        });
        assert!([[204, 401], [401, 204]].contains(&answers), "{number}: {answers:?}");
        by_first += usize::from(answers[0] == 204);
    }
    println!("accepted by the first {by_first} times of 1000");
}

#[test]
fn without_redis_deliveries_are_refused_until_it_is_back() {
    let Some(mut redis) = Redis::start() else { return };
    let replica = Replica::start(&redis);
    let mut peer = replica.connect();
    let [known, refused, new] = [0, 1, 2].map(delivery);
    assert_eq!([&known, &known].map(|request| peer.send(request)), [204, 401]);
    redis.stop();
    let start = Instant::now();
    assert_eq!([(); 3].map(|()| peer.send(&refused)), [503; 3]);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    // A process refuses known deliveries without Redis.
    assert_eq!(peer.send(&known), 401);
    let redis = redis.start_again();
    let answers = [&refused, &refused, &new, &known].map(|request| peer.send(request));
    assert_eq!(answers, [204, 401, 204, 401]);
    drop(redis);
}

/// Another process accepted it, so this one asks once.
#[test]
fn a_flood_of_replays_asks_redis_once() {
    let Some(redis) = Redis::start() else { return };
    let replicas = [Replica::start(&redis), Replica::start(&redis)];
    let used = delivery(0);
    assert_eq!(replicas[0].connect().send(&used), 204);
    let before = redis.asked();
    let refused: usize = thread::scope(|scope| {
        let senders = [(); 25].map(|()| {
            scope.spawn(|| {
                let mut peer = replicas[1].connect();
                (0..100).filter(|_| peer.send(&used) == 401).count()
            })
        });
        assert_eq!(replicas[1].connect().send(&delivery(1)), 204);
        senders.map(|sender| sender.join().expect("it does not panic")).into_iter().sum()
    });
    assert_eq!(refused, 2500);
    assert_eq!(redis.asked() - before, 2);
}

/// A key is that of Go's store, to the letter, and lives for as long as the store's skew demands, however
/// small the layer's is.
#[test]
fn keys_are_those_of_other_receivers() {
    const TIME: i64 = 1_795_420_800;
    const KEY: &str = "hooksig:327194d9cd214bb1c9f1cab40ec511acd2bd7f5af43884f74fd89fbc73def0cf";
    let Some(redis) = Redis::start() else { return };
    let seen = Seen::default();
    let url = redis.url();
    let server = Server::run(seen.clone(), async move |listener| {
        let store = RedisStore::open(url).expect("it is an address");
        let layer = seen.layer().clock(|| TIME).policy(Policy::DRONE.max_skew(10));
        let layer = layer.and_then(|layer| layer.replay_store(store)).expect("it is large enough");
        axum::serve(listener, seen.at_hook(layer)).await.expect("it serves");
    });
    let request = crate::signed_at(TIME, SECRET, "Content-Length: 2", "{}") + "{}";
    assert!(server.send(request).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());
    let keys: Vec<String> = redis.ask("KEYS *");
    assert_eq!(keys, [KEY]);
    let left: i64 = redis.ask(&format!("PTTL {KEY}"));
    assert!((350_000..=362_000).contains(&left), "{left}");
}

#[test]
fn a_delivery_that_another_receiver_claimed_is_a_replay() {
    let Some(redis) = Redis::start() else { return };
    let seen = Seen::default();
    let url = redis.url();
    let server = Server::run(seen.clone(), async move |listener| {
        let store = RedisStore::open(url).expect("it is an address");
        let layer = seen.layer().replay_store(store).expect("it is large enough");
        axum::serve(listener, seen.at_hook(layer)).await.expect("it serves");
    });
    // The unsigned paths differ.
    let request = signed(&object(20));
    assert!(server.send(&request).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());
    let replica = Replica::start(&redis);
    let mut at_replica = edit(&request, "POST /hook ", "POST /hooks ");
    at_replica = edit(&at_replica, "Connection: close\r\n", "");
    assert_eq!(replica.connect().send(&at_replica), 401);
}

#[test]
fn any_prefix_is_used_literally() {
    let Some(redis) = Redis::start() else { return };
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    let prefixes = ["", " ", "\0", "é\r\n", "*", "%s{}"];
    for (number, prefix) in prefixes.into_iter().enumerate() {
        let body = format!("{{\"n\":{number}}}");
        let layers = [(); 2].map(|()| {
            let _inside = runtime.enter();
            let store = RedisStore::open(redis.url()).expect("it is an address").prefix(prefix);
            layer().replay_store(store).expect("it is made for the skew")
        });
        let sent = now();
        for (layer, expected) in layers.iter().zip([200, 401]) {
            let status = runtime.block_on(status(layer, request_at(sent, &body)));
            assert_eq!(status, expected, "{prefix:?}");
        }
    }
    let keys: Vec<String> = redis.ask("KEYS *");
    let mut found: Vec<_> = keys.iter().map(|key| &key[..key.len() - 64]).collect();
    found.sort_unstable();
    let mut prefixes = prefixes;
    prefixes.sort_unstable();
    assert_eq!(found, prefixes);
}

#[test]
fn deliveries_can_be_accepted_while_redis_is_down() {
    let Some(mut redis) = Redis::start() else { return };
    let seen = Seen::default();
    let url = redis.url();
    let server = Server::run(seen.clone(), async move |listener| {
        let store = RedisStore::open(url).expect("it is an address");
        let store = store.accept_on_failure(|error| println!("Redis: {error}"));
        let layer = seen.layer().replay_store(store).expect("it is large enough");
        axum::serve(listener, seen.at_hook(layer)).await.expect("it serves");
    });
    redis.stop();
    let request = signed("{}");
    assert!(server.send(&request).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());
    // This process still accepts it once.
    assert_eq!(server.refusal(&request).1, Refusal::Invalid(Error::Replayed));
}

/// Redis repeats a command that it does not know, whole or in part. The delivery is refused, and its MAC
/// would be good for a replay.
#[tokio::test(flavor = "multi_thread")]
async fn errors_hold_no_mac() {
    let Some(redis) = Redis::start_with(&["--rename-command", "SET", ""]) else { return };
    for prefix in ["hooksig:".into(), "x".repeat(100)] {
        for accepts in [false, true] {
            let texts = Arc::new(Mutex::new(Vec::new()));
            let mut store =
                RedisStore::open(redis.url()).expect("it is an address").prefix(prefix.as_str());
            if accepts {
                let told = Arc::clone(&texts);
                store = store.accept_on_failure(move |error| {
                    told.lock().expect("it is whole").push(format!("{error} {error:?}"));
                });
            }
            let told = Arc::clone(&texts);
            let layer = layer().replay_store(store).expect("it is made for the skew").on_refusal(
                move |refused| {
                    let refusal = refused.refusal();
                    told.lock().expect("it is whole").push(format!("{refused} {refusal:?}"));
                },
            );
            let status = status(&layer, request_at(now(), "{}")).await;
            assert_eq!(status, if accepts { 200 } else { 503 });
            let texts = texts.lock().expect("it is whole").concat();
            assert!(texts.contains("unknown command") && texts.contains(&prefix), "{texts}");
            let is_cut = texts.split(&prefix).skip(1).all(|rest| rest.starts_with('…'));
            assert!(is_cut, "{texts}");
        }
    }
}
