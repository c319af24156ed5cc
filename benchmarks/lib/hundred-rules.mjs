/** Rules as a site has them: most for one place, some for all, some with conditions. */
export const hundredRules = Array.from({ length: 100 }, (_, index) => {
  if (index % 10 === 0) return { pattern: `^/old/${index}9/(.*)$`, to: '/new/{1}' };
  if (index % 10 === 1)
    return {
      from: `/p${index}/:id`,
      to: '/product?id=:id',
      when: [{ value: '{header.user-agent}', pattern: 'Mobile' }],
    };
  if (index === 92) return { pattern: '\\.(?:php|asp)$', respond: 410 };
  return { from: `/section${index}/*`, to: `/sections/${index}/*` };
});
