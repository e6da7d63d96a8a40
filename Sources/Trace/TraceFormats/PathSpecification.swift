// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Traces

/// One path of an import, as given on the command line: `PATH[:KIND]=DOWN[,UP]`.
package struct PathSpecification: Sendable, Equatable {
    package var name: String
    package var kind: PathKind
    /// The file of the downlink.
    package var down: String
    /// The file of the uplink; nil if it was not measured.
    package var up: String?
    /// The round-trip time; nil: the default of the path's kind.
    package var roundTrip: Duration?
    /// The queue of both directions; nil: each direction's default, which follows from its rate.
    package var queue: QueueSize?

    package enum QueueSize: Sendable, Equatable {
        case bytes(ByteCount)
        /// The bytes that pass in this time at the direction's 95th-percentile rate.
        case time(Duration)

        /// Parses `100kB` or `50ms`; nil for anything else, including an empty text.
        package init?(text: String) {
            if let size = ByteCount(text: text), size > .zero, size <= TraceFile.largestQueue {
                self = .bytes(size)
            } else if let time = Duration(text: text), time > .zero, time <= TraceFile.largestDelay {
                self = .time(time)
            } else {
                return nil
            }
        }

        package func bytes(of trace: PathTrace, _ direction: Direction) -> ByteCount {
            switch self {
            case .bytes(let size): size
            case .time(let time): TraceDefaults.queue(holding: time, of: trace, direction)
            }
        }

        /// The command-line option that sets this queue for a path.
        package func option(_ path: String) -> String {
            switch self {
            case .bytes(let size): "--queue \(path)=\(size.bytes)B"
            case .time(let time): "--queue \(path)=\(FixedPoint.text(time.wholeNanoseconds, decimals: 6))ms"
            }
        }
    }

    package init(
        name: String, kind: PathKind, down: String, up: String? = nil, roundTrip: Duration? = nil,
        queue: QueueSize? = nil
    ) {
        self.name = name
        self.kind = kind
        self.down = down
        self.up = up
        self.roundTrip = roundTrip
        self.queue = queue
    }

    /// - Parameter text: `wifi:wifi=FILE.csv,UP.csv`. A missing kind is guessed from the path's name.
    /// - Throws: `Fault` (usage).
    package init(parsing text: String) throws {
        guard let equals = text.firstIndex(of: "=") else {
            throw Fault(.usage, "'\(text)' names no path; write PATH[:KIND]=DOWN[,UP], as in 'wifi=wifi.csv'")
        }
        let left = text[..<equals].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        name = left[0]
        if let objection = PathName.objection(to: name) { throw Fault(.usage, "\(objection) (in '\(text)')") }
        guard left.count <= 2 else {
            throw Fault(.usage, "'\(text)' has more than one ':' before its '='; write PATH[:KIND]=DOWN[,UP]")
        }
        if left.count == 2 {
            guard let known = PathKind(rawValue: left[1]) else {
                let ending = Suggestion.ending(for: left[1], among: PathKind.names)
                throw Fault(.usage, "unknown kind '\(left[1])' in '\(text)'\(ending)")
            }
            kind = known
        } else {
            guard let guess = PathKind(guessedFrom: name) else {
                throw Fault(
                    .usage,
                    "the kind of path '\(name)' does not follow from its name; write \(name):KIND=… with a KIND of "
                        + PathKind.names.joined(separator: ", "))
            }
            kind = guess
        }
        let files = text[text.index(after: equals)...].split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
        guard (1...2).contains(files.count), files.allSatisfy({ !$0.isEmpty }) else {
            throw Fault(
                .usage,
                "'\(text)' does not name one or two files; write PATH[:KIND]=DOWN[,UP], without commas in the names")
        }
        down = files[0]
        up = files.count == 2 ? files[1] : nil
    }
}
