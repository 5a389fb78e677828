// Package oversight is what supervisors and auditors see of the whole house: the records of the audit with the people they tell of,
// the verification of the chain and its export, and the figures of what happened.
//
// The chain holds identifiers only. Names are looked up for each page and each export, so that one which was blanked is gone from
// both. Whoever reads the audit leaves a record in it, once in a quarter of an hour for each filter.
//
// A verification walks the whole chain, which takes minutes where there are millions of records. It is a job, one at a time; the
// database knows how far it is.
//
//	asked → whole, broken (with the first place that does not hold), unknown (it could not be carried out)
//
// Figures are never counted from the chain when somebody looks. Portals count what is new in it every minute, by the day in Berlin,
// and how things stand now. What a day's last count said stays as the day's end.
package oversight
