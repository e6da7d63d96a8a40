// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Traces

/// The energy that a phone's radios take, under one named set of parameters (PAPER section 5).
/// `Documentation/energy.md` lists the parameters in a table.
package struct EnergyModel: Sendable, Equatable {
    package let name: String
    package var wifi: RadioModel
    package var cellular: RadioModel

    package init(name: String, wifi: RadioModel, cellular: RadioModel) {
        self.name = name
        self.wifi = wifi
        self.cellular = cellular
    }

    /// Every model; the default is first.
    package static let all = [hybrid, rateLinear, constant, tailEnder2009, huang2012]

    /// - Throws: `Fault` if there is no such model.
    package static func named(_ name: String) throws -> EnergyModel {
        guard let model = all.first(where: { $0.name == name }) else {
            let ending = Suggestion.ending(for: name, among: all.map(\.name))
            throw Fault(.badInput, "there is no energy model '\(name)'\(ending)")
        }
        return model
    }

    /// The radio of this kind of path; nil: the models do not include such a radio.
    package func radio(of kind: PathKind) -> RadioModel? {
        switch kind {
        case .wifi: wifi
        case .cellular: cellular
        case .other: nil
        }
    }

    /// This model with a higher cost of a weak signal, by PAPER's factor.
    package func regardingSignal() -> EnergyModel {
        var model = self
        model.wifi.signalFactor = .standard
        model.cellular.signalFactor = .standard
        return model
    }

    /// Bits per joule while active at this rate; nil if the model has no radio of this kind.
    package func efficiency(
        of kind: PathKind, at rate: DataRate, _ direction: Direction = .down
    ) -> EnergyEfficiency? {
        radio(of: kind)?.efficiency(at: rate, direction)
    }

    /// How long cellular must be left unused to make up for its tail and its next promotion, as in
    /// `RadioModel.breakEvenOffTime`.
    package var breakEvenOffTime: Duration? { cellular.breakEvenOffTime }
}

// MARK: - The sets

extension EnergyModel {
    /// The default. Its two active powers are 1.069 W and 1.076 W at the rates of the paper's table, 1.24 and 1.55
    /// Mb/s.
    ///
    /// PAPER leaves some values open. Here cellular without coverage takes its idle power (it looks for a network).
    /// WiFi is awake for 1 s after data at its idle power, so that a silence shorter than the resumption's own 1 s
    /// costs no resumption.
    package static let hybrid = EnergyModel(
        name: "hybrid",
        wifi: RadioModel(
            off: .zero, association: .init(joules: 5.9), idle: .init(watts: 0.30),
            promotion: .init(duration: .seconds(1), energy: .init(joules: 0.5)),
            active: .init(watts: 0.864, joulesPerMegabit: 0.137),
            tail: .init(power: .init(watts: 0.30), duration: .seconds(1))),
        cellular: RadioModel(
            off: .init(watts: 0.02), idle: .init(watts: 0.02),
            promotion: .init(duration: .seconds(2), energy: .init(joules: 3.5)),
            active: .init(watts: 0.918, joulesPerMegabit: 0.122),
            tail: .init(power: .init(watts: 0.62), duration: .milliseconds(12_500))))

    /// WiFi with a power that depends more on its rate, and that is low when idle. Everything else is as in `hybrid`.
    package static let rateLinear = hybrid.changed("rate-linear") { model in
        model.wifi.active = .init(watts: 0.573, joulesPerMegabit: 0.325)
        model.wifi.setIdle(.init(watts: 0.05))
    }

    /// Active powers that do not depend on the rate. Everything else is as in `hybrid`.
    package static let constant = hybrid.changed("constant") { model in
        model.wifi.active = .init(watts: 1.076, joulesPerMegabit: 0)
        model.wifi.setIdle(.init(watts: 0.48))
        model.cellular.active = .init(watts: 1.069, joulesPerMegabit: 0)
    }

    /// Balasubramanian, Balasubramanian, Venkataramani: Energy Consumption in Mobile Phones (IMC 2009), "TailEnder": 3G
    /// with a ramp of 3.5 J and a tail of 0.62 W for 12.5 s.
    ///
    /// The publication gives no power of an active radio (it counts joules per kilobyte of short transfers), so these
    /// values are those of `hybrid`, whose promotion and tail come from this publication. Waking WiFi costs nothing,
    /// and idle WiFi takes the power that it takes in `rate-linear`. So this model differs from `hybrid` in the cost of
    /// a
    /// silent WiFi.
    package static let tailEnder2009 = hybrid.changed("tailender-2009") { model in
        model.wifi.promotion = .none
        model.wifi.setIdle(.init(watts: 0.05))
    }

    /// Huang et al.: A Close Examination of Performance and Power Characteristics of 4G LTE Networks (MobiSys 2012):
    /// LTE and WiFi with slopes of their own for each direction, LTE's promotion (1.21 W for 0.26 s) and tail.
    ///
    /// Some values are not from this publication. Idle LTE is like idle cellular in `hybrid`, and the association is
    /// that of `hybrid`. Idle WiFi is as in `rate-linear` and wakes at no cost, because `hybrid`'s 0.30 W and 0.5 J
    /// belong to a radio with six times the active base.
    package static let huang2012 = hybrid.changed("huang-2012") { model in
        model.wifi.active = .init(
            base: .init(watts: 0.133), perMegabitDown: .init(joules: 0.13701), perMegabitUp: .init(joules: 0.28317))
        model.wifi.promotion = .none
        model.wifi.setIdle(.init(watts: 0.05))
        let promotion = Duration.milliseconds(260)
        model.cellular.promotion = .init(duration: promotion, energy: Power(watts: 1.21) * promotion)
        model.cellular.active = .init(
            base: .init(watts: 1.288), perMegabitDown: .init(joules: 0.05197), perMegabitUp: .init(joules: 0.43839))
        model.cellular.tail = .init(power: .init(watts: 1.06), duration: .milliseconds(11_600))
    }

    private func changed(_ name: String, _ change: (inout EnergyModel) -> Void) -> EnergyModel {
        var model = EnergyModel(name: name, wifi: wifi, cellular: cellular)
        change(&model)
        return model
    }
}

extension RadioModel {
    /// Sets the same power for asleep and for awake without data.
    fileprivate mutating func setIdle(_ power: Power) {
        idle = power
        tail.power = power
    }
}

extension RadioModel.Active {
    /// Uses the same values for both directions, because the publication does not distinguish them.
    fileprivate init(watts: Double, joulesPerMegabit: Double) {
        self.init(
            base: .init(watts: watts), perMegabitDown: .init(joules: joulesPerMegabit),
            perMegabitUp: .init(joules: joulesPerMegabit))
    }
}
