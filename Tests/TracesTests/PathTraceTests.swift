// SPDX-License-Identifier: Apache-2.0
import Quantities
import Testing
import Traces

struct PathTraceTests {
    private static func sample(
        _ seconds: Int, down: Double, up: Double = 1, delay: Duration = .milliseconds(10), loss: Double = 0,
        attached: Bool = true
    ) -> PathTrace.Sample {
        PathTrace.Sample(
            time: .seconds(seconds), down: .init(rate: .megabitsPerSecond(down), delay: delay, loss: loss),
            up: .init(rate: .megabitsPerSecond(up), delay: .milliseconds(10)), attached: attached)
    }

    private static let trace = PathTrace(
        name: "wifi", kind: .wifi, duration: .seconds(50), queueDown: ByteCount(150_000), queueUp: ByteCount(75_000),
        source: "a test",
        samples: [
            sample(0, down: 8), sample(10, down: 16, loss: 0.01), sample(20, down: 24, attached: false),
            sample(30, down: 8, delay: .milliseconds(20)), sample(40, down: 8, delay: .milliseconds(20)),
        ])

    @Test("a detached path carries nothing, whatever rate is written next to it")
    func curve() {
        let down = Self.trace.curve(.down)
        #expect(down.carried(from: .zero, to: .seconds(10)) == 10e6)
        #expect(down.carried(from: .seconds(10), to: .seconds(20)) == 20e6)
        #expect(down.carried(from: .seconds(20), to: .seconds(30)) == 0)
        #expect(down.carried(from: .seconds(30), to: .seconds(50)) == 20e6)
        #expect(Self.trace.curve(.up).total == .init(ByteCount(5_000_000)))
    }

    @Test("attachments are the first state and every change")
    func attachments() {
        #expect(
            Self.trace.attachments == [
                .init(time: .zero, attached: true), .init(time: .seconds(20), attached: false),
                .init(time: .seconds(30), attached: true),
            ])
    }

    @Test("conditions have a row for each change, per direction")
    func conditions() {
        let rows = Self.trace.conditions(.down)
        #expect(rows.map(\.time) == [.zero, .seconds(10), .seconds(20), .seconds(30)])
        #expect(rows.map(\.loss) == [0, 0.01, 0, 0])
        #expect(rows.map(\.delay.milliseconds) == [10, 10, 10, 20])
        #expect(Self.trace.conditions(.up).count == 1)
    }

    @Test("a table has its direction's queue and no overhead")
    func table() {
        let up = Self.trace.table(.up)
        #expect(up.queue == ByteCount(75_000))
        #expect(up.overhead == .zero)
        #expect(up.curve == Self.trace.curve(.up))
        #expect(Self.trace.table(.down).queue == ByteCount(150_000))
    }

    @Test("cut short, a trace keeps what came before", arguments: [15, 20, 50, 80])
    func cut(seconds: Int) {
        let short = Self.trace.cut(to: .seconds(seconds))
        #expect(short.duration == .seconds(min(seconds, 50)))
        #expect(short.samples.allSatisfy { $0.time < short.duration })
        let down = short.curve(.down)
        #expect(down.end == short.duration)
        #expect(down.total == Self.trace.curve(.down).position(at: short.duration))
        #expect(short.samples.count == Self.trace.samples.filter { $0.time < .seconds(seconds) }.count)
    }
}
