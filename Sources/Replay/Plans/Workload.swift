import Quantities
import Traces

/// What is transferred, as seen from the mobile host.
package struct Workload: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// In bulk, from the server.
        case download
        /// In bulk, to the server.
        case upload
        /// Both of them at once, over one connection.
        case both
        /// One request after another, each answered by some bytes, as pages are.
        case requests
        /// Frames from the server at a steady pace, each with a deadline.
        case stream
    }

    /// Of `requests`: response sizes are lognormal, drawn by the seed.
    package struct Requests: Codable, Sendable, Equatable {
        package var medianSize = ByteCount(300_000)
        /// Of the sizes' logarithm; 0: every response has the median size.
        package var sigma = 1.0
        /// From a response's last byte to the next request.
        package var think = Duration.seconds(1)

        package init() {}
    }

    /// Of `stream`.
    package struct Stream: Codable, Sendable, Equatable {
        package var rate = DataRate(bitsPerSecond: 2_000_000)
        /// Between two frames.
        package var interval = Duration.milliseconds(40)
        /// From the instant at which the server has a frame until its last byte must have arrived.
        package var deadline = Duration.milliseconds(400)

        package init() {}
    }

    package var kind: Kind
    /// Of bulk transfers, in each direction; nil: as much as fits into the run.
    package var size: ByteCount?
    package var requests: Requests
    package var stream: Stream

    package init(
        kind: Kind = .download, size: ByteCount? = nil, requests: Requests = Requests(), stream: Stream = Stream()
    ) {
        self.kind = kind
        self.size = size
        self.requests = requests
        self.stream = stream
    }

    /// Whether there is always something to transfer until all is done.
    package var isBulk: Bool {
        switch kind {
        case .download, .upload, .both: true
        case .requests, .stream: false
        }
    }

    /// The directions whose payload is measured.
    package var directions: [Direction] {
        switch kind {
        case .download, .requests, .stream: [.down]
        case .upload: [.up]
        case .both: [.down, .up]
        }
    }
}
