/** Traces of requests, from the page or API to the mail and the archive. */
export interface Traces {
  /** Base address of an OTLP/HTTP receiver, such as a collector: `http://collector.internal:4318`. */
  endpoint: string;
  /** Share of the requests that are traced, 1 to 100 %. Default: 100. */
  percent?: number;
}
