// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Registries
import Traces

/// What is transferred, as seen from the mobile host: a kind of workload with its settings.
public struct Workload: Sendable, Equatable {
    /// The kinds that a replay may name. ``Walkback/main(adding:bounds:formats:workloads:)`` adds your own. The guest
    /// runs the same program, so the kind is added there too.
    public static let kinds = Registry<any WorkloadKind.Type>(
        of: "workload", [Download.self, Upload.self, Both.self, Requests.self, Stream.self]
    ) { [$0.name] }

    /// The kind, whose value holds the settings.
    public var kind: any WorkloadKind

    /// Creates a workload of a kind: a download of as many bytes as fit into the run, unless another kind is given.
    public init(_ kind: any WorkloadKind = Download()) {
        self.kind = kind
    }

    /// The kind of this name with its defaults; nil if there is none.
    package init?(kindNamed name: String) {
        guard let kind = Self.kinds.all.first(where: { $0.name == name }) else { return nil }
        self.init(kind.init())
    }

    public static func == (left: Workload, right: Workload) -> Bool { left.kind.isEqual(to: right.kind) }
}

/// What follows from the kind's traffic.
extension Workload {
    /// Whether there is always something to transfer until all is done.
    package var isBulk: Bool {
        switch kind.traffic {
        case .bulk: true
        case .requests, .frames: false
        }
    }

    /// The bytes of a bulk transfer in each direction; nil: as much as fits into the run.
    package var size: ByteCount? {
        switch kind.traffic {
        case .bulk(_, let size): size
        case .requests, .frames: nil
        }
    }

    /// The directions whose payload is measured, the main one first.
    package var directions: [Direction] {
        switch kind.traffic {
        case .bulk(.down, _), .requests, .frames: [.down]
        case .bulk(.up, _): [.up]
        case .bulk(.both, _): [.down, .up]
        }
    }
}

/// The form in the plan: the kind's name, and its settings by their keys.
extension Workload: Codable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ string: String) { stringValue = string }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }

        static let kind = Key("kind")
        static let settings = Key("settings")
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .kind)
        guard let workload = Workload(kindNamed: name) else {
            throw Fault(
                .failed,
                "the plan has a workload of kind '\(name)', which this program does not know; use the program "
                    + "that made the plan"
            )
        }
        var kind = workload.kind
        let settings = try container.nestedContainer(keyedBy: Key.self, forKey: .settings)
        try kind.setAll { field in
            let key = Key(field.key)
            if field.isOptional, !settings.contains(key) { return nil }
            switch field.limits {
            case .size: return .size(try settings.decode(ByteCount.self, forKey: key))
            case .rate: return .rate(try settings.decode(DataRate.self, forKey: key))
            case .duration: return .duration(try settings.decode(Duration.self, forKey: key))
            case .number: return .number(try settings.decode(Double.self, forKey: key))
            case .count: return .count(try settings.decode(Int.self, forKey: key))
            }
        }
        self.init(kind)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kind.name, forKey: .kind)
        var settings = container.nestedContainer(keyedBy: Key.self, forKey: .settings)
        for field in kind.fields {
            let key = Key(field.key)
            switch field.value {
            case .size(let size): try settings.encode(size, forKey: key)
            case .rate(let rate): try settings.encode(rate, forKey: key)
            case .duration(let duration): try settings.encode(duration, forKey: key)
            case .number(let number): try settings.encode(number, forKey: key)
            case .count(let count): try settings.encode(count, forKey: key)
            case nil: break
            }
        }
    }
}
