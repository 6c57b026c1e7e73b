//! HTTP/2, in the clear and over TLS: `:authority`, and streams that are reset.

use std::{net::SocketAddr, sync::Arc};

use axum::{body::Bytes, http};
use h2::Reason;
use hooksig::Error;
use hooksig_tower::{Policy, Refusal};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::{Server, heads::fields_covering, server::Seen};

/// The end of a request after all data was sent.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Stream,
    Reset(Reason),
}

/// Sends a request over a new connection, and returns the status of the answer.
pub(crate) async fn send_over<C>(
    connection: C,
    request: http::Request<Bytes>,
    end: End,
) -> Result<u16, h2::Error>
where
    C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = h2::client::handshake(connection).await?;
    tokio::spawn(connection);
    let (head, body) = request.into_parts();
    let request = http::Request::from_parts(head, ());
    let (answer, mut stream) = sender.send_request(request, false)?;
    stream.send_data(body, matches!(end, End::Stream))?;
    if let End::Reset(reason) = end {
        // The data goes first.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        stream.send_reset(reason);
    }
    answer.await.map(|answer| answer.status().as_u16())
}

pub(crate) async fn send(
    address: SocketAddr,
    request: http::Request<Bytes>,
    end: End,
) -> Result<u16, h2::Error> {
    let connection = TcpStream::connect(address).await.expect("it listens");
    send_over(connection, request, end).await
}

/// Returns a current request to `authority` that covers `names`, for `host`.
fn covering(names: &[&str], authority: &str, host: &str, body: &str) -> http::Request<Bytes> {
    let uri = format!("http://{authority}/hook?a=1");
    let mut request = http::Request::post(uri).version(http::Version::HTTP_2);
    for (name, value) in fields_covering(names, "/hook?a=1", host, body) {
        request = request.header(name, value);
    }
    request.body(body.to_owned().into()).expect("it is a request")
}

pub(crate) fn signed(body: &str) -> http::Request<Bytes> {
    covering(&["date", "digest"], "receiver.test", "receiver.test", body)
}

/// Makes the server's self-signed certificate and its key.
fn tls() -> (TlsAcceptor, TlsConnector) {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/certificate.pem"));
    let certificate = certificate.expect("it is a certificate");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/key.pem")).expect("it is a key");
    let server = ServerConfig::builder().with_no_client_auth();
    let mut server =
        server.with_single_cert(vec![certificate.clone()], key).expect("they belong together");
    server.alpn_protocols = vec![b"h2".to_vec()];
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("it is a certificate");
    let client = ClientConfig::builder().with_root_certificates(roots);
    let mut client = client.with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    (TlsAcceptor::from(Arc::new(server)), TlsConnector::from(Arc::new(client)))
}

/// Starts a receiver over TLS whose layer covers `host`.
fn tls_server(acceptor: TlsAcceptor) -> Server {
    let seen = Seen::default();
    let layer = seen.layer().policy(host_policy()).expect("it requires something");
    let router = seen.router().layer(layer);
    Server::run(seen, async move |listener| {
        loop {
            let (connection, _) = listener.accept().await.expect("it listens");
            let connection = acceptor.accept(connection).await.expect("it speaks TLS");
            let service = TowerToHyperService::new(router.clone());
            let serving = auto::Builder::new(TokioExecutor::new());
            tokio::spawn(async move {
                let _ = serving.serve_connection(TokioIo::new(connection), service).await;
            });
        }
    })
}

fn host_policy() -> Policy<'static> {
    Policy::DRONE.require(&["date", "digest", "host"])
}

/// The signed `host`, `:authority`, the field `Host`, and whether it must be accepted.
const HOSTS: [(&str, &str, Option<&str>, bool); 7] = [
    ("receiver.test", "receiver.test", None, true),
    ("receiver.test", "receiver.test", Some("receiver.test"), true),
    ("receiver.test", "receiver.test", Some("Receiver.Test"), false),
    // Signed for staging, routed to production.
    ("staging.test", "production.test", Some("staging.test"), false),
    ("staging.test", "production.test", None, false),
    ("staging.test", "staging.test", Some("production.test"), false),
    ("receiver.test, other.test", "other.test", Some("receiver.test"), false),
];

fn with_host(n: usize) -> (http::Request<Bytes>, bool) {
    let (signed, authority, field, accepted) = HOSTS[n];
    let names = ["date", "digest", "host"];
    let mut request = covering(&names, authority, signed, &format!(r#"{{"n":{n}}}"#));
    if let Some(field) = field {
        request.headers_mut().insert("host", field.parse().expect("it is a value"));
    }
    (request, accepted)
}

#[tokio::test]
async fn a_covered_host_is_the_authority() {
    let server = Server::start(|layer| layer.policy(host_policy()).expect("it is a policy"));
    for (n, row) in HOSTS.iter().enumerate() {
        let (request, accepted) = with_host(n);
        let status = send(server.address, request, End::Stream).await.expect("it is answered");
        assert_eq!(status == 200, accepted, "{row:?}: {:?}", server.refused());
    }
    assert_eq!(server.passed().len(), 2);
}

#[tokio::test]
async fn a_covered_host_is_the_authority_over_tls() {
    let (acceptor, connector) = tls();
    let server = tls_server(acceptor);
    for (n, row) in HOSTS.iter().enumerate() {
        let (request, accepted) = with_host(n);
        let connection = TcpStream::connect(server.address).await.expect("it listens");
        let name = "receiver.test".try_into().expect("it is a name");
        let connection = connector.connect(name, connection).await.expect("it speaks TLS");
        let status = send_over(connection, request, End::Stream).await.expect("it is answered");
        assert_eq!(status == 200, accepted, "{row:?}: {:?}", server.refused());
    }
    assert_eq!(server.passed().len(), 2);
}

#[tokio::test]
async fn a_contradiction_of_hosts_has_its_own_word() {
    let server = Server::start(|layer| layer);
    let names = ["date", "digest", "host"];
    let mut request = covering(&names, "production.test", "staging.test", "{}");
    request.headers_mut().insert("host", "staging.test".parse().expect("it is a value"));
    let status = send(server.address, request, End::Stream).await.expect("it is answered");
    assert_eq!(status, 401);
    assert_eq!(server.refused(), [Refusal::Invalid(Error::HostMismatch)]);
}

#[tokio::test]
async fn a_covered_target_is_the_path_of_http_2() {
    let server = Server::start(|layer| layer);
    let names = ["(request-target)", "date", "digest"];
    let request = covering(&names, "receiver.test", "receiver.test", "{}");
    let mut other = request.clone();
    *other.uri_mut() = "http://receiver.test/hook?a=2".parse().expect("it is a URI");
    let answers = [
        send(server.address, other, End::Stream).await.expect("it is answered"),
        send(server.address, request, End::Stream).await.expect("it is answered"),
    ];
    assert_eq!(answers, [401, 200]);
}

/// hyper shows a stream reset with NO_ERROR or CANCEL like a complete one.
#[tokio::test]
async fn a_stream_that_is_reset_after_all_data_is_refused() {
    let server = Server::start(|layer| layer);
    let mut n = 0;
    for told in [true, false] {
        for reason in [Reason::NO_ERROR, Reason::CANCEL, Reason::INTERNAL_ERROR] {
            n += 1;
            let body = format!(r#"{{"n":{n}}}"#);
            let mut request = signed(&body);
            if told {
                request.headers_mut().insert("content-length", body.len().into());
            }
            let _ = send(server.address, request.clone(), End::Reset(reason)).await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            assert!(server.passed().is_empty(), "{reason:?}");
            // It was not claimed.
            let status = send(server.address, request, End::Stream).await.expect("it is answered");
            assert_eq!(status, 200, "{reason:?} {:?}", server.refused());
            server.passed();
        }
    }
}
