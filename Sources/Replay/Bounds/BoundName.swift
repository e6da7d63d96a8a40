// SPDX-License-Identifier: Apache-2.0
/// What a bound is called in ratios, gates and documents: lower-case letters, digits and hyphens, as `capacity-sum`.
public struct BoundName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        rawValue = value
    }

    public var description: String { rawValue }
}

extension BoundName {
    /// The strongest of the bounds that are an Optimal TCP. No bound of its own, so none may have this name.
    package static let optimal: BoundName = "optimal"
}
