// Says which process answers, and can be slow, or hang.
export default {
  handler: async ({ request, response, client }) => {
    if (request.path === '/slow') {
      console.log('A slow request');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    if (request.path === '/hang') for (;;);
    if (request.path === '/fail') throw new Error('a secret of the application');
    if (request.path === '/who') response.body = `${client.address} ${client.scheme}://${client.host}`;
    else response.body = String(process.pid);
  },
  stop: () => console.log('The application has stopped'),
};
