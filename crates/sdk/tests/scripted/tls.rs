//! Certificates: an authority that was given is trusted, and no other.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rollcall_sdk::{Error, SetupError};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::server::{Reply, Server};
use crate::{builder, user};

/// An authority in PEM, and a server's settings with a certificate of it.
fn authority() -> (String, TlsAcceptor) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let certificate = leaf.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn a_given_authority_is_trusted() {
    let (pem, tls) = authority();
    let server = Server::start_with_tls([Reply::status(200, user("U1", "ACTIVE"))], tls).await;
    let url = format!("https://localhost:{}", server.address.port());
    let client = builder(url).root_certificates(pem).build().unwrap();
    assert_eq!(client.get("U1").await.unwrap().id, "U1");
}

#[tokio::test]
async fn another_is_not_and_nothing_is_tried_again() {
    let (_, tls) = authority();
    let (other, _) = authority();
    let server = Server::start_with_tls([], tls).await;
    let url = format!("https://localhost:{}", server.address.port());
    for builder in [builder(&url), builder(&url).root_certificates(other)] {
        let error = builder.build().unwrap().get("U1").await.unwrap_err();
        assert!(matches!(&error, Error::NoAnswer(no) if no.lasting && !no.sent), "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    assert!(server.heard().is_empty());
}

#[test]
fn what_is_no_certificate_is_refused() {
    for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = builder("https://localhost").root_certificates(pem).build().unwrap_err();
        assert!(matches!(error, SetupError::Http { .. }), "{pem}: {error}");
    }
}
