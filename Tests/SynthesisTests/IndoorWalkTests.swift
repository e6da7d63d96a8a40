// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import System
import Testing
import TraceFormats
import Traces

@testable import Replays
@testable import Synthesis

@Suite struct IndoorWalkTests {
    /// The directory `Replays` of this checkout.
    static let replays = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Replays"

    @Test func `The shipped walk is what seed 1 gives, to the byte`() throws {
        let walk = IndoorWalk.generate(seed: 1)
        for trace in [walk.wifi, walk.cellular] {
            let file = try InputFile.read("\(Self.replays)/\(IndoorWalk.traceFileName(trace.name))")
            #expect(Array(TraceFile.text(of: trace).utf8) == file.bytes, "\(file.path) is not what is generated")
        }
        let file = try InputFile.read("\(Self.replays)/\(IndoorWalk.replayFileName)")
        #expect(Array(IndoorWalk.replay(seed: 1).utf8) == file.bytes, "\(file.path) is not what is generated")
    }

    @Test(arguments: UInt64(1)...12)
    func `Every walk is one as described`(seed: UInt64) {
        let (wifi, cellular) = IndoorWalk.generate(seed: seed)
        #expect(wifi.samples.count == 7200 && cellular.samples.count == 7200)
        #expect(zip(wifi.samples, cellular.samples).allSatisfy { $0.time == $1.time })
        for trace in [wifi, cellular] {
            #expect(trace.samples.contains { !$0.attached }, "\(trace.name) is never lost")
            #expect(trace.samples.allSatisfy { $0.attached || $0.down.rate == .zero && $0.up.rate == .zero })
        }
        let bothLost = zip(wifi.samples, cellular.samples).map { !$0.attached && !$1.attached }
        #expect(IndoorCellular.longestRun(of: bothLost) <= 30)
        #expect(
            wifi.samples.allSatisfy { $0.down.rate <= .megabitsPerSecond(11) && $0.down.delay <= .milliseconds(10) })
        #expect(
            cellular.samples.allSatisfy {
                $0.down.rate <= .megabitsPerSecond(2.5) && $0.down.delay == .milliseconds(75)
            })
        let upper = cellular.curve(.down).carried(from: .zero, to: .seconds(300)) / 300
        let lower = cellular.curve(.down).carried(from: .seconds(340), to: .seconds(720)) / 380
        #expect(upper * 2 < lower, "3G is no better below")
    }

    @Test func `Seeds give different walks, a seed the same`() {
        #expect(IndoorWalk.generate(seed: 5) == IndoorWalk.generate(seed: 5))
        #expect(IndoorWalk.generate(seed: 5).wifi.samples != IndoorWalk.generate(seed: 6).wifi.samples)
        #expect(IndoorWalk.generate(seed: 5).cellular.samples != IndoorWalk.generate(seed: 6).cellular.samples)
    }
}

@Suite struct FluctuationTests {
    @Test func `A fluctuation has mean 0, variance 1 and the memory it should`() {
        var process = Fluctuation(timeConstant: .seconds(1), step: .milliseconds(100), generator: SplitMix64(seed: 9))
        let values = (0..<200_000).map { _ in process.next() }
        let mean = values.reduce(0, +) / 200_000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 200_000
        let covariance = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 199_999
        // About 10 000 independent draws: four standard errors each.
        #expect(abs(mean) < 0.05)
        #expect(abs(variance - 1) < 0.06)
        #expect(abs(covariance / variance - 0.904_837) < 0.005)
    }
}
