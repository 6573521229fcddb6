//! RustCrypto's hashes and ciphers, signatures of ed25519-dalek, hex and base64.
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use base64::Engine;
use ed25519_dalek::{Signer, SigningKey, Verifier};
use sha2::Digest;

fn main() {
    let text = mining::text(3 << 10);
    let bytes = text.as_bytes();
    let mut total = 0usize;
    for _ in 0..mining::iterations() {
        let digest = sha2::Sha256::digest(bytes);
        let long = sha2::Sha512::digest(bytes);
        let keccak = sha3::Sha3_256::digest(bytes);
        let md5 = md5::Md5::digest(bytes);
        let cipher = aes::Aes128::new_from_slice(&digest[..16]).unwrap();
        let mut packed = bytes[..1024].to_vec();
        for block in packed.chunks_exact_mut(16) {
            cipher.encrypt_block(block.into());
        }
        for block in packed.chunks_exact_mut(16).skip(8) {
            cipher.decrypt_block(block.into());
        }
        let key = SigningKey::from_bytes(&digest.into());
        let signature = key.sign(&bytes[..100]);
        assert!(key.verifying_key().verify(&bytes[..100], &signature).is_ok());
        let shown = base64::engine::general_purpose::STANDARD.encode(bytes);
        let back = base64::engine::general_purpose::STANDARD.decode(&shown).unwrap();
        let other = hex::decode(hex::encode(&back)).unwrap();
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, &other[..40]).to_string();
        total += long[0] as usize + keccak[1] as usize + md5[2] as usize + packed[77] as usize + signature.to_bytes()[5] as usize + id.len();
    }
    println!("{total}");
}
