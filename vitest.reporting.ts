// Where REPORTS names a folder, a test run leaves its results there as JSON: `.ci/run` adds them up.

interface Reporting {
  reporters?: ('default' | ['json', { outputFile: string }])[]
}

export function reporting(run: string): Reporting {
  const folder = process.env.REPORTS
  if (folder === undefined) return {}
  return { reporters: ['default', ['json', { outputFile: `${folder}/${run}.json` }]] }
}
