// SPDX-License-Identifier: Apache-2.0
import Determinism
import Testing

@Suite struct SHA256Tests {
    /// The vectors of FIPS 180-4's examples and of its 896-bit message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func `The standard's messages have the standard's digests`(message: String, digest: String) {
        #expect(SHA256.hexadecimal(of: Array(message.utf8)) == digest)
    }

    @Test func `A million times the letter a`() {
        let block = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        var hash = SHA256()
        for _ in 0..<1000 { hash.update(block) }
        #expect(hash.hexadecimal() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(arguments: [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128])
    func `Bytes given piece by piece have the digest of the whole`(count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        var hash = SHA256()
        for byte in bytes { hash.update([byte]) }
        #expect(hash.hexadecimal() == SHA256.hexadecimal(of: bytes))
    }

    /// What `printf abc | openssl dgst -sha256 -binary | base64` prints, and the same for nothing.
    @Test func `The digest in base64 is that of other programs`() {
        #expect(SHA256.base64(of: Array("abc".utf8)) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        #expect(SHA256.base64(of: []) == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    }
}
