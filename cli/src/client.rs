//! Sends deliveries over HTTP and HTTPS.

use std::{
    error::Error,
    io, iter,
    net::IpAddr,
    num::NonZeroU16,
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use ureq::{
    Agent, Body,
    tls::{RootCerts, TlsConfig},
};

use crate::{outgoing::Destination, terminal::escape};

/// How long a receiver may take by default, in seconds.
pub(crate) const TIMEOUT: NonZeroU16 = NonZeroU16::new(30).expect("it is not zero");

/// Longest answer body that is kept.
const MAX_KEPT: u64 = 4 << 20;

/// Longest answer body read after the head, so that the connection can be reused.
const MAX_DRAINED: u64 = 1 << 16;

/// Longest time spent reading it.
const MAX_WAIT: Duration = Duration::from_millis(500);

/// A receiver's answer.
pub(crate) struct Answer {
    /// The status, or one line that says why there is none.
    pub(crate) status: Result<StatusCode, String>,
    /// Time until the status arrived.
    pub(crate) latency: Duration,
    /// Empty unless the client keeps answers.
    pub(crate) content: Content,
}

/// The body of an answer, and the fields that describe it.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) fields: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A destination and the connections to it.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    destination: Destination,
    timeout: NonZeroU16,
    keeps_answers: bool,
}

impl Client {
    /// Makes a client for a receiver that may take `timeout` seconds to answer.
    pub(crate) fn new(destination: Destination, timeout: NonZeroU16) -> Self {
        // The system's certificates, so that a receiver may have one from a private authority.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let mut config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(Duration::from_secs(timeout.get().into())))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("")
            .accept("")
            .accept_encoding("");
        if is_local(&destination.url) {
            // No proxy can reach this machine's own address.
            config = config.proxy(None);
        }
        Self { agent: config.build().into(), destination, timeout, keeps_answers: false }
    }

    /// Reads the whole body of each answer. An answer whose body cannot be read has no status.
    pub(crate) fn keeping_answers(self) -> Self {
        Self { keeps_answers: true, ..self }
    }

    /// Sends a delivery.
    pub(crate) fn post(&self, fields: HeaderMap, body: &[u8]) -> Answer {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.destination.url.clone();
        *request.headers_mut() = fields;
        let authorization = self.destination.authorization.as_deref();
        if let Some(value) = authorization.and_then(|value| HeaderValue::from_str(value).ok()) {
            request.headers_mut().append(header::AUTHORIZATION, value);
        }
        let start = Instant::now();
        let response = self.send(request);
        let latency = start.elapsed();
        match response.and_then(|response| self.read(response)) {
            Ok((status, content)) => Answer { status: Ok(status), latency, content },
            Err(error) => Answer {
                status: Err(self.error_text(&error)),
                latency,
                content: Content::default(),
            },
        }
    }

    fn send(&self, request: Request<&[u8]>) -> Result<Response<Body>, ureq::Error> {
        if self.keeps_answers {
            return self.agent.run(request);
        }
        let request = self.agent.configure_request(request);
        self.agent.run(request.timeout_recv_body(Some(MAX_WAIT)).build())
    }

    /// Reads the body if answers are kept. Otherwise only a part of it is read and dropped.
    fn read(&self, mut answer: Response<Body>) -> Result<(StatusCode, Content), ureq::Error> {
        let status = answer.status();
        let mut content = Content::default();
        let limit = if self.keeps_answers { MAX_KEPT } else { MAX_DRAINED };
        let body = answer.body_mut().with_config().limit(limit).read_to_vec();
        if self.keeps_answers {
            content.body = body?;
            for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING] {
                let value = answer.headers_mut().remove(&name);
                content.fields.extend(value.map(|value| (name, value)));
            }
        }
        Ok((status, content))
    }

    fn error_text(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "the connection was refused; is a receiver listening there?".into()
            }
            // TLS errors; mostly a certificate that was rejected.
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                format!("TLS: {}; SSL_CERT_FILE can name other authorities", whole_text(error))
            }
            ureq::Error::Io(error) => format!("the connection failed: {}", whole_text(error)),
            ureq::Error::BodyExceedsLimit(limit) => {
                format!("the body of the answer is longer than {limit} bytes")
            }
            ureq::Error::HostNotFound => "there is no such host".into(),
            ureq::Error::Timeout(_) => format!("there was no answer within {} s", self.timeout),
            error => escape(error.to_string()),
        }
    }
}

/// Returns true if the URL points at this machine.
fn is_local(url: &Uri) -> bool {
    let host = url.host().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Formats an error with its causes on one line.
fn whole_text(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |&error| error.source());
    let texts: Vec<_> = causes.map(|error| escape(error.to_string())).collect();
    texts.join(": ")
}
