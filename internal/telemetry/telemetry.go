// Package telemetry is what a service says about itself: its log lines, its
// metrics registry and its traces.
//
// It owns the form of a log line (the contract's field names, in one order, with
// personal data and secrets masked in one place), the ids that a context carries
// so that every line names its request, session and customer, the registry with
// the figures of the process, and the start of OpenTelemetry tracing. It does not
// own any domain's metrics (each package builds its own on the registry) nor the
// HTTP edge that makes the ids.
package telemetry
