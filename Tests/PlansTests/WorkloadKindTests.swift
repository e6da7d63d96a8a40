// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Quantities
import Registries
import Testing
import TestWorkload

@testable import Plans

@Suite struct `A kind of workload` {
    private static let set: [any WorkloadKind] = {
        var requests = Workload.Requests()
        requests.medianSize = ByteCount(50_000)
        requests.sigma = 0.5
        requests.think = .milliseconds(200)
        var stream = Workload.Stream()
        stream.rate = .megabitsPerSecond(3)
        stream.interval = .milliseconds(20)
        stream.deadline = .milliseconds(300)
        return [
            Workload.Download(), Workload.Download(size: ByteCount(7)), Workload.Upload(size: ByteCount(8)),
            Workload.Both(size: ByteCount(9)), requests, stream,
            Polls(answer: ByteCount(900), every: .seconds(2), burst: 7, burstAt: .seconds(9), deadline: .seconds(3)),
        ]
    }()

    /// Results of all versions are compared by a digest of these words, so the words must not change.
    @Test func `has the words for a digest that it always had`() {
        #expect(
            Self.set.map(\.digestWords) == [
                "download unlimited 1000000000 40000000 400000000 300000 1 2000000",
                "download 7 1000000000 40000000 400000000 300000 1 2000000",
                "upload 8 1000000000 40000000 400000000 300000 1 2000000",
                "both 9 1000000000 40000000 400000000 300000 1 2000000",
                "requests unlimited 200000000 40000000 400000000 50000 0.5 2000000",
                "stream unlimited 1000000000 20000000 300000000 300000 1 3000000",
                "polls answer=900 every=2000000000 burst=7 burst_at=9000000000 deadline=3000000000",
            ])
    }

    @Test func `reaches the guest with every setting`() throws {
        try Polls.register()
        for kind in Self.set {
            let bytes = try JSONEncoder().encode(Workload(kind))
            #expect(try JSONDecoder().decode(Workload.self, from: bytes) == Workload(kind), "\(kind.name)")
        }
    }

    @Test(arguments: [
        #"{"kind": "none", "settings": {}}"#, #"{"kind": "requests", "settings": {"size": 1, "sigma": 1}}"#,
    ])
    func `does not reach the guest by half`(text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Workload.self, from: Data(text.utf8)) }
    }

    @Test func `is another for each setting`() {
        let polls = Polls()
        for field in polls.fields {
            var other: any WorkloadKind = polls
            other.setAll { $0.key == field.key ? Self.other($0.value) : $0.value }
            #expect(Workload(other) != Workload(polls) && other.digestWords != polls.digestWords, "\(field.key)")
        }
        #expect(Workload(Workload.Download()) != Workload(Workload.Upload()))
    }

    private static func other(_ value: WorkloadValue?) -> WorkloadValue? {
        switch value {
        case .size(let size): .size(size + ByteCount(1))
        case .rate(let rate): .rate(rate * 2)
        case .duration(let duration): .duration(duration * 2)
        case .number(let number): .number(number + 1)
        case .count(let count): .count(count + 1)
        case nil: nil
        }
    }

    @Test func `gives each of its keys and names once`() throws {
        try Polls.register()
        for kind in Workload.kinds.all {
            #expect(
                Set(kind.keys).count == kind.keys.count && !kind.keys.contains("kind")
                    && !kind.keys.contains("duration"))
        }
        #expect(Workload.kinds.all.prefix(5).map { $0.name } == ["download", "upload", "both", "requests", "stream"])
        #expect(Set(Workload.kinds.all.map { $0.name }).count == Workload.kinds.all.count)
    }
}
