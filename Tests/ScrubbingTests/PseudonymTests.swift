// SPDX-License-Identifier: Apache-2.0
import Derivation
import Determinism
import Pcap
import Testing
import Traces

@testable import Scrubbing

@Suite struct `A pseudonym` {
    @Test func `is what its key has always given`() {
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        // Calculated separately with Python's hashlib.
        for (address, pseudonym) in [
            ("93.184.216.34", "94.252.32.192"), ("93.184.216.99", "94.252.32.181"), ("10.1.0.2", "8.48.135.100"),
            ("2001:db8::1", "20c9:9c2f:27b9:6920:730f:aa74:3b03:31e6"),
            ("2001:db8::2", "20c9:9c2f:27b9:6920:730f:aa74:3b03:31e4"),
            ("fe80::211:22ff:fe33:4455", "fe80::f32d:7fa0:73f0:9b4c"),
        ] {
            #expect(InternetAddress(parsing: address).map { "\(pseudonyms.pseudonym(of: $0))" } == pseudonym)
        }
        #expect(pseudonyms.station(Sample.station) == Sample.stationPseudonym)
    }

    @Test func `begins as another does if the addresses do, and no further`() {
        var generator = SplitMix64(seed: 3, purpose: "addresses")
        var pseudonyms = Pseudonyms(key: "a")
        func common(_ left: UInt64, _ right: UInt64) -> Int { (left ^ right).leadingZeroBitCount }
        for _ in 0..<200 {
            let first = generator.next()
            // The two have their first bits in common, a random number of them.
            let second = first ^ generator.next() >> generator.next(below: 56)
            let low = generator.next()
            let v6 = [first, second].map { InternetAddress(v6: $0 >> 4 | 2 << 60, low) }
            let found = v6.map { pseudonyms.pseudonym(of: $0) }
            #expect(common(found[0].high, found[1].high) == common(v6[0].high, v6[1].high))
            let v4 = [first, second].map { InternetAddress(v4: UInt32($0 >> 32)) }
            let four = v4.map { pseudonyms.pseudonym(of: $0) }
            #expect(common(four[0].low, four[1].low) == common(v4[0].low, v4[1].low))
        }
    }

    @Test func `depends on the key`() {
        let address = InternetAddress(v4: 0x5db8_d822)
        var (one, same, other) = (Pseudonyms(key: "a"), Pseudonyms(key: "a"), Pseudonyms(key: "b"))
        #expect(one.pseudonym(of: address) == same.pseudonym(of: address))
        #expect(one.pseudonym(of: address) != other.pseudonym(of: address))
        #expect(one.pseudonym(of: address) != address)
    }

    @Test func `is not given to what a standard assigns`() {
        var pseudonyms = Pseudonyms(key: "a")
        for text in [
            "224.0.0.251", "127.0.0.1", "0.0.0.0", "255.255.255.255", "ff02::1", "ff02::fb", "ff05::1:3", "::1", "::",
        ] {
            let named = InternetAddress(parsing: text)
            #expect(named.map { "\(pseudonyms.pseudonym(of: $0))" } == text)
        }
        for station in [
            [255, 255, 255, 255, 255, 255], [0, 0, 0, 0, 0, 0], [1, 0, 0x5e, 0, 0, 0xfb], [0x33, 0x33, 0, 1, 0, 2],
            [1, 0x80, 0xc2, 0, 0, 0x0e],
        ] as [[UInt8]] {
            #expect(pseudonyms.station(station) == station)
        }
    }

    /// Solicited-node groups (RFC 4291), groups of a prefix (RFC 3306, 6034), groups that nobody assigned.
    @Test(arguments: ["ff02::1:ff33:4455", "ff3e:40:2001:db8:1:2:0:5", "ff02::d822", "234.93.184.216", "239.1.2.3"])
    func `is given to a group that may be made from an address, and is a group`(text: String) throws {
        var pseudonyms = Pseudonyms(key: "a")
        let address = try #require(InternetAddress(parsing: text))
        let pseudonym = pseudonyms.pseudonym(of: address)
        #expect(pseudonym != address && pseudonym.family == address.family)
        #expect(address.family == .v4 ? pseudonym.low >> 28 == 0xe : pseudonym.high >> 56 == 0xff)
        let station = pseudonyms.station([0x33, 0x33, 0xff, 0x33, 0x44, 0x55])
        #expect(station.count == 6 && station[0] & 1 == 1 && Array(station.suffix(3)) != [0x33, 0x44, 0x55])
    }

    @Test func `has no meaning that its address did not have`() throws {
        var generator = SplitMix64(seed: 9, purpose: "meanings")
        func isLocal(_ address: InternetAddress) -> [Bool] {
            let text = "\(address)"
            return ["127.", "169.254.", "fe80:"].map { text.hasPrefix($0) } + [text == "0.0.0.0"]
        }
        for key in 0..<20 {
            var pseudonyms = Pseudonyms(key: "\(key)")
            var addresses: [InternetAddress] = []
            for first in [0x7f, 0x7e, 0x70, 0xa9, 0xa8, 0xac, 0x00, 0x0a] as [UInt64] {
                let rest = generator.next()
                addresses.append(InternetAddress(v4: UInt32(first << 24 | rest & 0xff_ffff)))
                addresses.append(InternetAddress(v4: UInt32(first << 24 | 0xfe_0000 | rest & 0xffff)))
                addresses.append(InternetAddress(v6: 0xfe00 << 48 | first << 48 | rest & 0xffff, generator.next()))
                addresses.append(InternetAddress(v6: 0xfe80 << 48 | rest & 0xff, generator.next()))
            }
            addresses.append(InternetAddress(v6: 0xfe80 << 48, generator.next()))
            let found = addresses.map { pseudonyms.pseudonym(of: $0) }
            #expect(found.map(isLocal) == addresses.map(isLocal))
            #expect(Set(found).count == Set(addresses).count)
        }
    }

    @Test func `of a subflow's token is the token of its connection's key, in any capture`() {
        let (one, other) = (Pseudonyms(key: "a"), Pseudonyms(key: "a"))
        let key: UInt64 = 0x0123_4567_89ab_cdef
        func token(_ key: UInt64) -> UInt32 { Pseudonyms.number(Pseudonyms.hash(Pseudonyms.bytes(key))) }
        let pseudonym = one.multipathKey(key, version: 1)
        #expect(pseudonym != key && other.token(token(key)) == token(pseudonym))
        #expect(one.token(token(key) ^ 1) != token(pseudonym))
        #expect(Pseudonyms(key: "b").multipathKey(key, version: 1) != pseudonym)
    }

    @Test(arguments: [
        "wlan0", "rmnet_data12", "en0", "eth0", "wlp2s0", "enp0s31f6", "wwp0s20f0u2i12", "ens160", "pdp_ip0", "wifi",
        "cellular", "lo", "any", "5g", "wwan0",
    ])
    func `is not given to an interface's name that systems give`(name: String) {
        #expect(Pseudonyms(key: "a").interface(name) == name)
    }

    @Test(arguments: [
        "enx001122334455", "wlx001122334455", "wwx00a0c6000000", "veth12ab34c", "br-5a1b2c3d4e5f", "Anna's iPhone",
        "93.184.216.34", "eth1234", "wlp2001s0", "wlan0-of-owner", "Ethernet 2", "", "lte-of-owner", "enp",
        "\\Device\\NPF_{2F6A1B3C-0000-4455-8899-AABBCCDDEEFF}", "enp1s0np0", "rmnet_of_owner",
    ])
    func `is given to any other, and is of the same kind`(name: String) {
        let pseudonym = Pseudonyms(key: "a").interface(name)
        #expect(pseudonym != name && pseudonym == Pseudonyms(key: "a").interface(name))
        #expect(pseudonym != Pseudonyms(key: "b").interface(name))
        #expect(CaptureSource.kind(pseudonym) == CaptureSource.kind(name))
        #expect(["wlan", "wwan", "if"].contains(String(pseudonym.prefix { $0 != "-" })) && pseudonym.count <= 15)
    }
}
