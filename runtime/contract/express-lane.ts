/**
 * The attribute by which a job's request is delivered to the express lane as well: the annotators' second queue, of people's first
 * jobs. `attribute` and `value` are what the lane's subscription filters by.
 */
export const expressLane = { attribute: "lane", value: "express" } as const;
