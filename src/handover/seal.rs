//! Keys and signatures (Ed25519, RFC 8032): whose package it is, and that nobody has changed it on its way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signature;
use ed25519_dalek::Signer as _;
use ed25519_dalek::SigningKey;
use ed25519_dalek::VerifyingKey;
use sha2::Digest;
use sha2::Sha256;

use crate::text::words::hex;

/// Said before the manifest when it is signed, so that a signature holds for nothing else.
const PURPOSE: &[u8] = b"phach handover manifest\n";

/// The secret half of an installation's key.
pub struct Key(SigningKey);

impl Key {
    /// Of 32 random bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Key {
        Key(SigningKey::from_bytes(secret))
    }

    /// The public half, base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().as_bytes())
    }

    /// The signature of a manifest, base64.
    pub fn sign(&self, manifest: &str) -> String {
        STANDARD.encode(self.0.sign(&spoken(manifest)).to_bytes())
    }
}

/// Whether the owner of the public key has signed this manifest.
pub fn holds(manifest: &str, signature: &str, public_key: &str) -> bool {
    let Some(key) = public(public_key) else {
        return false;
    };
    let Ok(bytes) = STANDARD.decode(signature.trim()) else {
        return false;
    };
    let Ok(signature) = Signature::from_slice(&bytes) else {
        return false;
    };
    key.verify_strict(&spoken(manifest), &signature).is_ok()
}

/// The public key in one spelling, if it is one.
pub fn normal(public_key: &str) -> Option<String> {
    Some(STANDARD.encode(public(public_key)?.as_bytes()))
}

/// What two people read to each other on the phone: eight groups of four digits.
pub fn fingerprint(public_key: &str) -> Option<String> {
    let digits = hex(&Sha256::digest(public(public_key)?.as_bytes())).to_uppercase();
    let groups: Vec<&str> = (0..8)
        .filter_map(|group| digits.get(group * 4..group * 4 + 4))
        .collect();
    Some(groups.join(" "))
}

fn public(public_key: &str) -> Option<VerifyingKey> {
    let bytes = STANDARD.decode(public_key.trim()).ok()?;
    VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
}

fn spoken(manifest: &str) -> Vec<u8> {
    [PURPOSE, manifest.as_bytes()].concat()
}
