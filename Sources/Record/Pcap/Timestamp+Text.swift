// SPDX-License-Identifier: Apache-2.0
import Quantities

extension Timestamp: CustomStringConvertible {
    /// UTC to the second, rounded down: `2026-11-24 08:05:09 UTC`.
    package var description: String {
        let seconds = Self.floorDivide(nanoseconds, by: 1_000_000_000)
        let days = Self.floorDivide(seconds, by: 86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = Self.date(days)
        let clock = [second / 3600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day)) \(clock) UTC"
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The Gregorian date of a day counted from 1970-01-01. Years begin in March here so that the leap day is the last
    /// day of a year; 400 of them have 146,097 days.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        // From March to January, pairs of months have 61 days with one exception: five months have 153 days.
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (era * 400 + year + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }
}
