//! Listening: https with the installation's certificate, plain http on this machine only.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use anyhow::bail;
use axum::serve::Listener;
use axum::serve::ListenerExt as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::State;
use super::router;
use crate::words;

/// A client that does not finish its handshake in this time is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Open handshakes and connections waiting to be taken up.
const WAITING: usize = 256;

/// Serves the desk until `shutdown` resolves and open answers are finished.
pub async fn serve(
    state: State,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let web = state.config.web.clone();
    let address: SocketAddr = web
        .listen
        .parse()
        .map_err(|_| anyhow::anyhow!(words::settings::listen_malformed(&web.listen)))?;
    let tls = match (&web.tls_cert, &web.tls_key) {
        (Some(cert), Some(key)) => Some(acceptor(cert, key)?),
        (None, None) if address.ip().is_loopback() => None,
        (None, None) => bail!(words::settings::plain_http_refused(&web.listen)),
        (Some(_), None) | (None, Some(_)) => bail!(words::settings::TLS_HALF),
    };
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listen on {address}"))?;
    tracing::info!(%address, https = tls.is_some(), "web is open");
    // The first question should not have to wait for the index to be filled.
    let (search, db) = (Arc::clone(&state.search), state.db.clone());
    tokio::spawn(async move {
        if let Err(error) = search.refresh(&db).await {
            tracing::warn!(%error, "search is not ready yet");
        }
    });
    let app = router(state);
    match tls {
        Some(acceptor) => {
            axum::serve(Tls::new(listener, acceptor)?, app)
                .with_graceful_shutdown(shutdown)
                .await?;
        }
        None => {
            // Answers are short and wait for nothing to be sent along with them.
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            axum::serve(listener, app)
                .with_graceful_shutdown(shutdown)
                .await?;
        }
    }
    Ok(())
}

fn acceptor(cert: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .with_context(|| format!("read certificate {}", cert.display()))?;
    let key =
        PrivateKeyDer::from_pem_file(key).with_context(|| format!("read key {}", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("use the certificate")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Handshakes run beside each other, so that a slow client keeps nobody waiting.
struct Tls {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
}

impl Tls {
    fn new(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<Tls> {
        let address = listener.local_addr()?;
        let (done, ready) = mpsc::channel(WAITING);
        let accepting = tokio::spawn(accept(listener, acceptor, done));
        Ok(Tls {
            ready,
            address,
            accepting,
        })
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    done: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(tokio::sync::Semaphore::new(WAITING));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        // axum's own accept waits and tries again when the system is short of something.
        let (stream, address) = Listener::accept(&mut listener).await;
        let (acceptor, done) = (acceptor.clone(), done.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
            if let Ok(Ok(stream)) = shaken {
                // The receiver is gone when the program ends.
                let _ = done.send((stream, address)).await;
            }
            drop(place);
        });
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // Only when the accepting task ended, which it never does by itself.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
