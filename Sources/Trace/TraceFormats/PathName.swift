// SPDX-License-Identifier: Apache-2.0
import Traces

/// The rules for a path's name, which becomes the name of a network interface and part of a strategy's name.
package enum PathName {
    /// The reason why `name` is not allowed, as the end of a sentence; nil if it is allowed.
    package static func objection(to name: String) -> String? {
        let letters = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard letters, (1...15).contains(name.utf8.count), !name.hasPrefix("-"), !name.hasSuffix("-") else {
            return "'\(name)' cannot name a path; use 1 to 15 of a-z, 0-9 and '-' (not at an end), as in 'wifi'"
        }
        // The kernel uses these names itself: the loopback interface, and two directories next to those of the
        // interfaces in /proc/sys/net.
        if ["lo", "all", "default"].contains(name) {
            return "'\(name)' cannot name a path, because the kernel uses it; choose another name, as in 'wifi'"
        }
        if name.hasSuffix("-reconnect") {
            return
                "'\(name)' cannot name a path, because 'tcp-\(name)' is a strategy of another path; choose another name"
        }
        return nil
    }
}

extension PathKind {
    /// Guesses the kind from a path's name; nil if the name does not tell.
    package init?(guessedFrom name: String) {
        let words = [
            ("wifi", PathKind.wifi), ("wlan", .wifi), ("cell", .cellular), ("lte", .cellular), ("3g", .cellular),
            ("4g", .cellular), ("5g", .cellular),
        ]
        guard let kind = words.first(where: { name.contains($0.0) })?.1 else { return nil }
        self = kind
    }

    package static var names: [String] { allCases.map(\.rawValue) }
}

/// The rules for a replay's name, which appears in YAML, in tables and in file names.
package enum ReplayName {
    /// The reason why `name` is not allowed, as the end of a sentence; nil if it is allowed.
    package static func objection(to name: String) -> String? {
        let fits = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard fits, (1...64).contains(name.utf8.count), !name.hasPrefix("-"), !name.hasPrefix(".") else {
            return
                "'\(name.prefix(80))' cannot name a replay; use 1 to 64 letters, digits, '-', '_' and '.', as "
                + "in 'indoor-walk'"
        }
        return nil
    }
}
