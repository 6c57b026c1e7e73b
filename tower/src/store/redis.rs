//! A store in Redis, which several receivers share.

use std::{
    fmt::{self, Write as _},
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hooksig::TAG_LEN;
use redis::{
    Client, ErrorKind, IntoConnectionInfo, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use tokio::runtime::Handle;

use super::{DEFAULT_MAX_SKEW, LocalFirst, ReplayStore};
use crate::{Claim, ClaimError};

/// The start of each Redis key, before the MAC in hexadecimal.
pub const DEFAULT_REDIS_PREFIX: &str = "hooksig:";

/// Seconds that a delivery is remembered longer than in memory, because the clocks of receivers may differ by
/// that much.
const MARGIN: i64 = 60;

/// Longest time for a connection or an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The number of digits by which the MAC is found in the text of an error.
const MAC_START: usize = 8;

/// A claim is sent again once if the connection broke.
const ATTEMPTS: usize = 2;

/// Called with the reason when Redis fails.
type Tell = dyn Fn(&RedisError) + Send + Sync;

/// Remembers accepted deliveries in Redis 7 or newer, for all receivers with the same prefix. Keys are
/// those of Go's `redisstore`, so that receivers in Go and Rust can share one Redis.
///
/// It asks Redis only about deliveries that this process does not know ([`LocalFirst`]). While Redis is
/// down, deliveries are refused with 503. Run Redis with `maxmemory-policy noeviction`, `appendonly yes` and
/// `appendfsync always`: a delivery whose claim is lost can be accepted again.
///
/// # Examples
///
/// ```
/// use hooksig_tower::{Key, RedisStore, VerifyLayer};
///
/// # async fn layer() -> Result<VerifyLayer, Box<dyn std::error::Error>> {
/// let store = RedisStore::open("redis://127.0.0.1:6379")?;
/// let layer = VerifyLayer::new([Key::new("secret")?])?.replay_store(store)?;
/// # Ok(layer)
/// # }
/// ```
pub struct RedisStore(LocalFirst<Remote>);

impl RedisStore {
    /// Returns a store that connects to `server` when it is first asked, and again when the
    /// connection breaks. A connection or an answer may take 1 s.
    ///
    /// # Errors
    ///
    /// Those of [`redis::Client::open`], if `server` is not a valid address, and
    /// [`ErrorKind::InvalidClientConfig`] outside of a tokio runtime.
    pub fn open(server: impl IntoConnectionInfo) -> RedisResult<Self> {
        if Handle::try_current().is_err() {
            let text = "a RedisStore is opened in a tokio runtime";
            return Err((ErrorKind::InvalidClientConfig, text).into());
        }
        let settings = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connection = ConnectionManager::new_lazy_with_config(Client::open(server)?, settings)?;
        Ok(Self::new(connection))
    }

    /// Returns a store that uses `connection`, whose settings limit how long a claim may take.
    pub fn new(connection: ConnectionManager) -> Self {
        Self(LocalFirst::new(Remote::new(connection)))
    }

    /// Sets the start of each Redis key, in place of [`DEFAULT_REDIS_PREFIX`]. Receivers with
    /// another prefix or database do not share anything.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.0.store_mut().prefix = prefix.into();
        self
    }

    /// Sets the largest skew of the policies that share the store, in seconds, in place of
    /// [`DEFAULT_MAX_SKEW`]. Every delivery is remembered for that long: all receivers need the same.
    #[must_use]
    pub fn for_skew(mut self, seconds: u32) -> Self {
        self.0.store_mut().max_skew = seconds;
        self
    }

    /// Accepts unknown deliveries while Redis fails, after a call to `tell` with the reason.
    ///
    /// # Security
    ///
    /// While Redis is down, each process accepts a replay once. Use this only if losing deliveries
    /// is worse. If the process already remembers as many deliveries as it can, it refuses unknown ones.
    #[must_use]
    pub fn accept_on_failure(mut self, tell: impl Fn(&RedisError) + Send + Sync + 'static) -> Self {
        self.0.store_mut().on_failure = Some(Arc::new(tell));
        self
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisStore(..)")
    }
}

impl ReplayStore for RedisStore {
    fn max_skew(&self) -> u32 {
        ReplayStore::max_skew(&self.0)
    }

    async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
        match ReplayStore::claim(&self.0, claim).await {
            Err(ClaimError::Failed(_)) if self.0.store().on_failure.is_some() => {
                self.0.claim_alone(claim)
            }
            answer => answer,
        }
    }
}

/// Redis without the memory in front of it.
struct Remote {
    connection: ConnectionManager,
    prefix: String,
    max_skew: u32,
    /// If this is set, a delivery is accepted when Redis fails.
    on_failure: Option<Arc<Tell>>,
}

impl Remote {
    fn new(connection: ConnectionManager) -> Self {
        Self {
            connection,
            prefix: DEFAULT_REDIS_PREFIX.into(),
            max_skew: DEFAULT_MAX_SKEW,
            on_failure: None,
        }
    }

    /// Sets the key unless it exists. Returns false if another claim holds it.
    async fn set(&self, key: &str, claim: &str, milliseconds: i64) -> RedisResult<bool> {
        let mut command = redis::cmd("SET");
        command.arg(key).arg(claim).arg("NX").arg("GET").arg("PX").arg(milliseconds);
        let mut attempt = 1;
        loop {
            let mut connection = self.connection.clone();
            match command.query_async::<Option<Vec<u8>>>(&mut connection).await {
                Ok(holder) => {
                    // The first attempt may have succeeded although the connection broke; then this
                    // claim is the holder.
                    return Ok(holder.is_none_or(|holder| holder == claim.as_bytes()));
                }
                Err(error) if error.is_connection_dropped() && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl ReplayStore for Remote {
    fn max_skew(&self) -> u32 {
        self.max_skew
    }

    async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
        let mac = hexadecimal(claim.tag());
        let key = format!("{}{mac}", self.prefix);
        let until = claim.remember_until(self.max_skew).saturating_add(MARGIN);
        // Positive, because LocalFirst has checked that it is not expired.
        let seconds = until.saturating_sub(claim.now()).max(MARGIN);
        match self.set(&key, &claim_name(), seconds.saturating_mul(1000)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ClaimError::Replayed),
            Err(error) => {
                let error = without_mac(error, &mac);
                self.on_failure.iter().for_each(|tell| tell(&error));
                Err(ClaimError::Failed(error.to_string().into()))
            }
        }
    }
}

fn hexadecimal(tag: &[u8; TAG_LEN]) -> String {
    tag.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Cuts an error off before the MAC. A server that does not know `SET`, such as Sentinel, repeats the
/// command, perhaps not to its end.
fn without_mac(error: RedisError, mac: &str) -> RedisError {
    let start = mac.get(..MAC_START).unwrap_or(mac);
    match error.detail().and_then(|text| text.split_once(start)) {
        Some((text, _)) => (error.kind(), "the answer of Redis", format!("{text}…")).into(),
        None => error,
    }
}

/// Returns a name that no other claim in any process has.
fn claim_name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    // Hashers have random keys.
    let [high, low] = [(); 2].map(|()| RandomState::new().hash_one(number));
    format!("{high:016x}{low:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(number: u8) -> Claim {
        Claim { tag: [number; TAG_LEN], date: 0, expires: 300, now: Arc::new(|| 0) }
    }

    /// A process that cannot remember a delivery would accept each replay of it.
    #[tokio::test]
    async fn without_redis_and_with_a_full_memory_nothing_is_accepted() {
        let settings = ConnectionManagerConfig::new().set_number_of_retries(0);
        // Port 1 answers nobody.
        let client = Client::open("redis://127.0.0.1:1").expect("it is an address");
        let connection = ConnectionManager::new_lazy_with_config(client, settings);
        let remote = Remote::new(connection.expect("there is a runtime"));
        let store = RedisStore(LocalFirst::with_capacity(remote, 1)).accept_on_failure(|_| {});
        assert_eq!(store.claim(&claim(1)).await, Ok(()));
        assert_eq!(store.claim(&claim(1)).await, Err(ClaimError::Replayed));
        for _ in 0..2 {
            assert_eq!(store.claim(&claim(2)).await, Err(ClaimError::Full));
        }
    }
}
