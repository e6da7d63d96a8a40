// SPDX-License-Identifier: Apache-2.0
import Derivation
import Traces

/// The names of network interfaces.
extension Pseudonyms {
    /// Names that systems give by themselves, and Walkback's own; a number of up to three digits may follow.
    private static let stems: Set<String> = [
        "any", "ap", "ath", "awdl", "bond", "br", "ccmni", "cc2mni", "cell", "cellular", "dummy", "em", "en", "eth",
        "gre", "ifb", "ip6tnl", "ipsec", "llw", "lo", "lte", "mobile", "nr", "p2p", "path", "pdp_ip", "ppp",
        "r_rmnet_data", "ra", "rmnet", "rmnet_data", "rmnet_ipa", "rmnet_mhi", "rmnet_usb", "rndis", "sit", "swlan",
        "tap", "team", "tun", "usb", "utun", "wg", "wifi", "wl", "wlan", "ww", "wwan", "3g", "4g", "5g",
    ]

    /// A name that systems give by themselves stays. Any other may contain what somebody chose, or an address (as
    /// `enx001122334455` does): it becomes one of the same kind, which is what derivation takes from a name.
    package func interface(_ name: String) -> String {
        if Self.isCommon(name) { return name }
        let stem =
            switch CaptureSource.kind(name) {
            case .wifi: "wlan"
            case .cellular: "wwan"
            case .other: "if"
            }
        let digits = String(Self.number(digest([17] + Array(name.utf8)), as: UInt32.self), radix: 16)
        return "\(stem)-\(String(repeating: "0", count: 8 - digits.count))\(digits)"
    }

    private static func isCommon(_ name: String) -> Bool {
        let digits = name.reversed().prefix { isDigit($0) }.count
        if digits <= 3, stems.contains(String(name.dropLast(digits))) || stems.contains(name) { return true }
        return ["en", "wl", "ww"].contains(String(name.prefix(2))) && isPlace(name.dropFirst(2))
    }

    /// Where a device is plugged in, as systemd writes it: letters for bus, slot, function, port, each with a number,
    /// as in `p2s0` or `p0s20f0u2i12`. The letter for an address, x, is not among them.
    private static func isPlace(_ text: Substring) -> Bool {
        var rest = text
        while let letter = rest.popFirst() {
            let number = rest.prefix { isDigit($0) }
            guard "ospfuicd".contains(letter), (1...("ps".contains(letter) ? 3 : 2)).contains(number.count) else {
                return false
            }
            rest = rest.dropFirst(number.count)
        }
        return !text.isEmpty
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}
