// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Energy
import Plans
import Quantities
import Radios
import Results
import Strategies
import Testing
import Traces

@Suite struct `Energy models` {
    @Test func `have names of their own, and the default comes first`() throws {
        #expect(
            EnergyModel.all.map(\.name) == ["hybrid", "rate-linear", "constant", "tailender-2009", "huang-2012"])
        #expect(EnergyModel.all.first?.name == EnergyPolicy().model)
        for model in EnergyModel.all { #expect(try EnergyModel.named(model.name) == model) }
        let fault = #expect(throws: Fault.self) { try EnergyModel.named("hybird") }
        #expect(fault?.message == "there is no energy model 'hybird'; did you mean 'hybrid'?")
    }

    @Test func `add up to the paper's table where power is constant`() {
        let cellular = EnergyModel.constant.cellular.active.power(down: .megabitsPerSecond(1.24), up: .zero)
        let wifi = EnergyModel.constant.wifi.active.power(down: .megabitsPerSecond(1.55), up: .zero)
        // 1.24 Mb/s / 1.069 W, 1.55 Mb/s / 1.076 W, and both: 2.79 Mb/s / 2.145 W
        #expect(isNear((cellular + wifi).watts, 2.145))
        let both = EnergyEfficiency(of: .megabitsPerSecond(1.24 + 1.55), at: cellular + wifi)
        #expect(both?.megabitsPerJoule.text(decimals: 2) == "1.30")
        for (kind, rate, efficiency) in [(PathKind.cellular, 1.24, "1.16"), (.wifi, 1.55, "1.44")] {
            let constant = EnergyModel.constant.efficiency(of: kind, at: .megabitsPerSecond(rate))
            #expect(constant?.megabitsPerJoule.text(decimals: 2) == efficiency)
            // The other two alternatives are calibrated to the same row.
            for model in [EnergyModel.hybrid, .rateLinear] {
                let value = model.efficiency(of: kind, at: .megabitsPerSecond(rate))
                #expect(value?.megabitsPerJoule.text(decimals: 2) == efficiency)
            }
        }
    }

    @Test func `say what a joule carries at a rate`() {
        let rate = DataRate.megabitsPerSecond(2)
        // 2 Mb/s / (0.864 + 2 x 0.137 W); 2 / (0.918 + 2 x 0.122)
        #expect(isNear(EnergyModel.hybrid.efficiency(of: .wifi, at: rate)?.megabitsPerJoule ?? 0, 2 / 1.138))
        #expect(isNear(EnergyModel.hybrid.efficiency(of: .cellular, at: rate)?.megabitsPerJoule ?? 0, 2 / 1.162))
        // LTE takes more energy in the uplink: 2 / (1.288 + 2 x 0.43839)
        let up = EnergyModel.huang2012.efficiency(of: .cellular, at: rate, .up)
        #expect(isNear(up?.megabitsPerJoule ?? 0, 2 / 2.16478))
        #expect(EnergyModel.hybrid.efficiency(of: .wifi, at: .zero) == EnergyEfficiency(bitsPerJoule: 0))
        #expect(EnergyModel.hybrid.efficiency(of: .other, at: rate) == nil)
    }

    private static let breakEvens: [(name: String, seconds: Double)] = [
        // (3.5 J + 0.62 W x 12.5 s) / 0.918 W = 12.25 s
        ("hybrid", 11.25 / 0.918), ("rate-linear", 11.25 / 0.918), ("tailender-2009", 11.25 / 0.918),
        ("constant", 11.25 / 1.069),
        // (0.26 s x 1.21 W + 1.06 W x 11.6 s) / 1.288 W
        ("huang-2012", 12.6106 / 1.288),
    ]

    @Test(arguments: breakEvens)
    func `know for how long cellular must be off to be worth it`(name: String, seconds: Double) throws {
        #expect(isNear(try EnergyModel.named(name).breakEvenOffTime?.seconds ?? 0, seconds))
    }

    @Test func `know no such time where being active takes no power of its own`() {
        var radio = EnergyModel.hybrid.cellular
        radio.active.base = .zero
        #expect(radio.breakEvenOffTime == nil)
    }

    @Test(arguments: EnergyModel.all, [PathKind.wifi, .cellular])
    func `book every nanosecond once and every joule in the series too`(model: EnergyModel, kind: PathKind) throws {
        let seed: UInt64 = 7
        var random = SplitMix64(seed: seed)
        var run = RadioRun(try #require(model.radio(of: kind)), lasting: .milliseconds(60_789))
            .changing((11.111, false), (14.2, true), (40.003, false), (40.005, true))
        for second in 0..<60 where random.nextUnit() < 0.4 {
            run = run.carrying(UInt32(random.next(below: 9000)), in: Double(second)..<Double(second) + 0.37)
        }
        for run in [run, run.beginning(at: .milliseconds(777))] {
            let account = run.account()
            let states = RadioState.allCases.map { account[$0] }
            #expect(states.reduce(Duration.zero) { $0 + $1.time } == run.duration, "seed \(seed)")
            #expect(states.allSatisfy { $0.energy.joules >= 0 && $0.energy.joules.isFinite })
            #expect(account.total > .zero)
            #expect(isNear(states.reduce(0) { $0 + $1.energy.joules }, account.total.joules))
        }
    }

    @Test func `find nothing in a run without length`() {
        let account = RadioRun(EnergyModel.hybrid.wifi, lasting: .zero).account()
        #expect(account.total == .zero)
    }
}

@Suite struct `A run's energy` {
    private func energy(_ strategy: StrategyName, kinds: [PathKind] = [.wifi, .cellular]) throws -> [ComparisonResult
        .Energy]
    {
        let runs = kinds.enumerated().map { index, kind in
            (kind, RadioRun(EnergyModel.hybrid.wifi, lasting: .seconds(5)).carrying(megabit, in: Double(index)..<3))
        }
        let plan = try RunPlan(
            id: "\(strategy).1", strategy: strategy, seed: 1, paths: runs.map { $1.path($0, name: $0.rawValue) },
            offset: .zero, duration: .seconds(5), workload: Workload(), transport: Transport(), mobility: Mobility())
        let series = Series(delivered: [], links: runs.flatMap { $1.links(name: $0.rawValue) })
        return ComparisonResult.Energy.all(plan: plan, series: series, duration: .seconds(5))
    }

    @Test func `is that of each path's own radio, under every model`() throws {
        let energy = try energy(.mptcp)
        #expect(energy.map(\.model) == EnergyModel.all.map(\.name))
        let hybrid = try #require(energy.first)
        // WiFi: 0.5 J + 3 x 1.001 J + 2 s x 0.30 W. Cellular: 0.02 J + 3.5 J + 2 x 1.04 J + 2 s x 0.62 W.
        #expect(isNear(hybrid.paths[0].joules, 4.103))
        #expect(isNear(hybrid.paths[1].joules, 6.84))
        #expect(isNear(hybrid.total.joules, 10.943))
        #expect(energy.allSatisfy { $0.paths.allSatisfy { $0 > .zero && $0.joules.isFinite } })
    }

    @Test(arguments: [StrategyName.tcp(path: "wifi"), .tcpReconnect(path: "wifi")])
    func `has one radio where the strategy has one path`(strategy: StrategyName) throws {
        let hybrid = try #require(try energy(strategy).first)
        #expect(isNear(hybrid.paths[0].joules, 4.103))
        #expect(hybrid.paths[1] == .zero)
    }

    @Test func `is not known where a path is neither WiFi nor cellular`() throws {
        #expect(try energy(.mptcp, kinds: [.wifi, .other]).isEmpty)
    }
}
